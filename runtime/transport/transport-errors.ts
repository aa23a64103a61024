/** Errors between the runtime and the message store. */
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

/** The server has no mesh of this name, and the connection was not to make one. */
export class NoMeshError extends ParleyError {
  constructor(mesh: string, where: string, known: readonly string[]) {
    const remedy = `start an app of it, as with "parley run <app> --mesh ${mesh}"`;
    const others =
      known.length === 0 ? remedy : `there are ${known.join(', ')}; name one of them with --mesh, or ${remedy}`;
    super('PARLEY_NO_MESH', `nats-server at ${where} has no mesh "${mesh}": ${others}`, { retryable: true });
  }
}

export class RevisionConflictError extends ParleyError {
  constructor(key: string, expected: number) {
    super('PARLEY_REVISION_CONFLICT', `"${key}" was changed by another writer: its revision is no longer ${expected}`);
  }
}

/**
 * The server does not admit this connection: a wrong password, an expired or unreadable credentials file. Waiting does not
 * help.
 */
export class AccessRefusedError extends ParleyError {
  constructor(where: string, why: string, cause?: unknown) {
    super(
      'PARLEY_ACCESS_REFUSED',
      `nats-server at ${where} refuses these credentials: ${why}; correct user and password in the URL, or the .creds file`,
      { cause },
    );
  }
}

/** The server knows this connection's user, but does not permit it to use a subject. */
export class PermissionRefusedError extends ParleyError {
  readonly operation: 'publish' | 'subscribe';
  readonly subject: string;

  constructor(operation: 'publish' | 'subscribe', subject: string, cause?: unknown) {
    const verb = operation === 'publish' ? 'publish' : 'subscribe';
    super(
      'PARLEY_PERMISSION_REFUSED',
      `the server does not permit this connection to ${verb} to "${subject}": add it to the permissions of its user`,
      { cause },
    );
    this.operation = operation;
    this.subject = subject;
  }
}

export class ServerTooOldError extends ParleyError {
  constructor(
    version: string,
    oldest: string,
    why = 'its bounded streams can lose a message whose publish is repeated',
  ) {
    super(
      'PARLEY_SERVER_TOO_OLD',
      `nats-server ${version} is older than ${oldest}\n` +
        `${why}\n` +
        `run nats-server ${oldest} or newer (2.15 recommended), or unset NATS_URL to use the embedded one`,
    );
  }
}

export class NoJetStreamError extends ParleyError {
  constructor(url: string, cause: unknown) {
    super(
      'PARLEY_NO_JETSTREAM',
      `the server at ${url} has no JetStream for this account: start it with "-js", enable it for the account, ` +
        'or, if JetStream is in a domain, connect to a server of that domain',
      { cause },
    );
  }
}

/** One setting of a stream: its present value with the required one. */
export interface SettingConflict {
  /** The server's name of the setting: `num_replicas`. */
  readonly setting: string;
  readonly found: unknown;
  readonly wanted: unknown;
  /** The option that asks for `wanted`; without one, Parley itself cannot work with `found`. */
  readonly option?: string | undefined;
}

/** A stream of that name exists with a setting that differs from an option, or that Parley cannot work with. */
export class StreamConflictError extends ParleyError {
  readonly stream: string;
  readonly setting: string;
  readonly found: unknown;
  readonly wanted: unknown;

  constructor(stream: string, { setting, found, wanted, option }: SettingConflict) {
    const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
    super(
      'PARLEY_STREAM_CONFLICT',
      option === undefined
        ? `stream "${stream}" exists with "${setting}" ${is}, and Parley needs ${should}; ` +
            `change it ("nats stream edit ${stream}"), or choose another mesh or pool name`
        : `stream "${stream}" exists with "${setting}" ${is}, and option "${option}" asks for ${should}; ` +
            `leave the option out to take what is there, or change the stream ("nats stream edit ${stream}")`,
    );
    this.stream = stream;
    this.setting = setting;
    this.found = found;
    this.wanted = wanted;
  }
}

/** The server refuses to create or change a stream: too few servers for its replicas, a subject that another stream has. */
export class StreamRefusedError extends ParleyError {
  constructor(stream: string, cause: Error, doing: 'make' | 'change' = 'make') {
    super('PARLEY_STREAM_REFUSED', `the server refuses to ${doing} stream "${stream}": ${cause.message}`, {
      cause: reasonOnly(cause),
    });
  }
}

/** The account has reached a limit on the server: not of bytes, but of streams, consumers and the like. */
export class AccountLimitError extends ParleyError {
  constructor(what: string, cause?: unknown) {
    super('PARLEY_ACCOUNT_LIMIT', `the account's JetStream limits are too low for this mesh: ${what}`, {
      cause: reasonOnly(cause),
    });
  }
}

/** The server reserves a stream's `max_bytes` at its creation, and has too little left. */
export class StorageQuotaError extends ParleyError {
  constructor(stream: string, bytes: number, cause: unknown) {
    super(
      'PARLEY_STORAGE_QUOTA',
      `the server has no room to reserve ${bytes} bytes for stream "${stream}": ` +
        'raise its "max_file_store" or the account\'s "max_file", free space on its disk, or lower "limits.storeBytes"',
      { cause: reasonOnly(cause) },
    );
  }
}

/** Waiting does not remove a limit, even if the server's status code suggests a retry. */
const reasonOnly = (cause: unknown): unknown => (cause instanceof Error ? new Error(cause.message) : cause);
/**
 * - `too_large`: for the server's `max_payload`, or the stream's `max_msg_size`.
 * - `no_stream`: it was deleted.
 * - `not_allowed`: this connection may not publish there.
 * - `quota`: a limit of the account or the stream.
 * - `invalid`: another reason that a retry does not change.
 */
export type RecordRefusal = 'too_large' | 'no_stream' | 'not_allowed' | 'quota' | 'invalid';

const remedies: Readonly<Record<RecordRefusal, string>> = Object.freeze({
  too_large: 'raise "max_payload" of the server or "max_msg_size" of the stream',
  no_stream: 'the stream was deleted: restart a node, which makes it again',
  not_allowed: 'give this connection the permission to publish there',
  quota: 'raise the limits of the account or of the stream',
  invalid: "look at the stream's settings",
});

/** The store refuses a record until the record, the store or its permissions are changed. */
export class RecordRefusedError extends ParleyError {
  readonly why: RecordRefusal;

  constructor(subject: string, why: RecordRefusal, cause: Error) {
    super(
      'PARLEY_RECORD_REFUSED',
      `the store refuses a record to "${subject}" (${why}): ${cause.message}; ${remedies[why]}`,
    );
    this.why = why;
    this.cause = cause;
  }
}

/** A feed can only acknowledge what it delivered: the message will be redelivered on the current feed. */
export class NotDeliveredError extends ParleyError {
  constructor(seq: number, consumer: string) {
    super(
      'PARLEY_NOT_DELIVERED',
      `sequence ${seq} was not delivered by consumer "${consumer}", so it cannot be acknowledged there`,
    );
  }
}

/** The partition's ownership record no longer has this epoch: another node has claimed it since. */
export class StaleEpochError extends ParleyError {
  readonly epoch: number;

  constructor(pool: string, partition: number, epoch: number) {
    super(
      'PARLEY_STALE_EPOCH',
      `partition ${partition} of pool "${pool}" is no longer owned under epoch ${epoch}: its ownership record was written again`,
    );
    this.epoch = epoch;
  }
}

/** Another consumer takes messages from the partition, and the server allows only one. */
export class ForeignConsumerError extends ParleyError {
  constructor(stream: string, partition: number, others: readonly string[]) {
    super(
      'PARLEY_FOREIGN_CONSUMER',
      `partition ${partition} cannot be served: stream "${stream}" has a consumer that Parley did not make ` +
        `(${others.join(', ') || 'it is not listed'}), and a work queue allows one per subject; delete that consumer`,
      { retryable: true },
    );
  }
}
