/** What can go wrong between the runtime and the message store. */
import { ParleyError } from '../core/errors.ts';

export class TransportUnavailableError extends ParleyError {
  constructor(what: string, cause?: unknown) {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    super('PARLEY_TRANSPORT_UNAVAILABLE', `${what} did not succeed, the message store does not answer${why}`, {
      retryable: true,
      cause,
    });
  }
}

export class RevisionConflictError extends ParleyError {
  constructor(key: string, expected: number) {
    super('PARLEY_REVISION_CONFLICT', `"${key}" was changed by somebody else: its revision is no longer ${expected}`);
  }
}

export class ServerTooOldError extends ParleyError {
  constructor(version: string, oldest: string) {
    super(
      'PARLEY_SERVER_TOO_OLD',
      `nats-server ${version} is older than ${oldest}\n` +
        'its bounded streams can lose a message whose publish is repeated\n' +
        `run nats-server ${oldest} or newer (2.15 recommended), or unset NATS_URL to use the embedded one`,
    );
  }
}

export class NoJetStreamError extends ParleyError {
  constructor(url: string, cause: unknown) {
    super(
      'PARLEY_NO_JETSTREAM',
      `the server at ${url} has no JetStream for this account: start it with "-js", or enable it for the account`,
      { cause },
    );
  }
}

/** A stream of that name exists, but was not made by this mesh and pool. */
export class StreamConflictError extends ParleyError {
  constructor(stream: string, detail: string) {
    super(
      'PARLEY_STREAM_CONFLICT',
      `stream "${stream}" exists with other settings: ${detail}; choose another mesh or pool name, or delete that stream`,
    );
  }
}

/** The server will not make a stream: too few servers for its replicas, no permission, a limit of the account. */
export class StreamRefusedError extends ParleyError {
  constructor(stream: string, cause: Error) {
    super('PARLEY_STREAM_REFUSED', `the server refuses to make stream "${stream}": ${cause.message}`, { cause });
  }
}

/** The server reserves a stream's `max_bytes` when it is made, and has not that much left. */
export class StorageQuotaError extends ParleyError {
  constructor(stream: string, bytes: number, cause: unknown) {
    super(
      'PARLEY_STORAGE_QUOTA',
      `the server has no room to reserve ${bytes} bytes for stream "${stream}": ` +
        'raise its "max_file_store", free space on its disk, or lower "limits.storeBytes"',
      { cause },
    );
  }
}

/** Somebody has claimed the partition since. */
export class StaleEpochError extends ParleyError {
  constructor(found: string, epoch: number) {
    super(
      'PARLEY_STALE_EPOCH',
      `partition is claimed by a newer owner: its consumer is "${found}", ours would be of epoch ${epoch}`,
    );
  }
}
