/** Errors of the embedded nats-server. */
import { ParleyError } from '../core/errors.ts';

/** A source that was tried, with the reason why it failed. */
export interface Attempt {
  readonly source: string;
  readonly reason: string;
}

/** No nats-server was found or fetched. A retry may succeed: most reasons are an unreachable network. */
export class NatsServerNotFoundError extends ParleyError {
  readonly attempts: readonly Attempt[];

  constructor(attempts: readonly Attempt[]) {
    const tried = attempts.map(({ source, reason }) => `\n  - ${source}: ${reason}`).join('');
    super(
      'PARLEY_NATS_SERVER_NOT_FOUND',
      `no nats-server 2.12 or newer could be found or fetched; tried:${tried}\n` +
        'without one no mailbox can be kept\n' +
        'install nats-server (https://nats.io/download), name one in PARLEY_NATS_SERVER, or set NATS_URL to a running one',
      { retryable: true },
    );
    this.attempts = Object.freeze([...attempts]);
  }
}

/** The named server cannot be used. No other is tried in its place: a named server is meant. */
export class NatsServerUnusableError extends ParleyError {
  readonly path: string;

  constructor(path: string, reason: string) {
    super('PARLEY_NATS_SERVER_UNUSABLE', `PARLEY_NATS_SERVER names "${path}": it ${reason}; correct it, or unset it`);
    this.path = path;
  }
}

/** The server ended before it accepted connections, or its data folder cannot be written. */
export class NatsServerStartError extends ParleyError {
  /** The last output of the server. */
  readonly output: readonly string[];

  constructor(reason: string, output: readonly string[] = [], cause?: unknown) {
    // informational lines hide the one line that counts
    const telling = output.filter((line) => !line.includes('[INF]'));
    const said = telling.map((line) => `\n  ${line}`).join('');
    super('PARLEY_NATS_SERVER_START', `nats-server did not start: ${reason}${said === '' ? '' : `; it said:${said}`}`, {
      retryable: true,
      cause,
    });
    this.output = Object.freeze([...output]);
  }
}

/** Another server uses the folder: two servers on one store destroy it, so the second one gets this error. */
export class DataFolderLockedError extends ParleyError {
  readonly folder: string;
  /** The pid as its owner knows it, possibly of another container; `undefined` when the owner did not answer. */
  readonly pid: number | undefined;

  /** @param hint how to join the server that runs there */
  constructor(folder: string, pid?: number, hint?: string) {
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    super(
      'PARLEY_DATA_FOLDER_LOCKED',
      `data folder "${folder}" is in use by ${who}; stop that one, or choose another folder with --data` +
        (hint === undefined ? '' : `\n${hint}`),
      { retryable: true },
    );
    this.folder = folder;
    this.pid = pid;
  }
}

/** The system does not let this process read the folder. */
export class DataFolderUnusableError extends ParleyError {
  /** @param why the reason with its remedy */
  constructor(folder: string, why: string, cause: unknown) {
    super('PARLEY_DATA_FOLDER_UNUSABLE', `data folder "${folder}" cannot be used: ${why}`, { cause });
  }
}

/** Other users could read or change the stored data. */
export class DataFolderUnsafeError extends ParleyError {
  constructor(folder: string, why: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATA_FOLDER_UNSAFE', `data folder "${folder}" is not safe from other users: ${why}; ${remedy}`, {
      cause,
    });
  }
}
