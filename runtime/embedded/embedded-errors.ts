/** Why there is no nats-server of our own. */
import { ParleyError } from '../core/errors.ts';

/** One place that was looked at, and why it was of no use. */
export interface Attempt {
  readonly source: string;
  readonly reason: string;
}

/** Neither found nor fetched. Later it may be: most reasons are a network that cannot be reached. */
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

/** The one that was named cannot be used. Nothing else is tried in its place: who names one means that one. */
export class NatsServerUnusableError extends ParleyError {
  readonly path: string;

  constructor(path: string, reason: string) {
    super('PARLEY_NATS_SERVER_UNUSABLE', `PARLEY_NATS_SERVER names "${path}": it ${reason}; correct it, or unset it`);
    this.path = path;
  }
}

/** The server ended before it took connections, or its data folder cannot be written. */
export class NatsServerStartError extends ParleyError {
  /** What the server said last. */
  readonly output: readonly string[];

  constructor(reason: string, output: readonly string[] = [], cause?: unknown) {
    // What it reports while all is well hides the one line that counts.
    const telling = output.filter((line) => !line.includes('[INF]'));
    const said = telling.map((line) => `\n  ${line}`).join('');
    super('PARLEY_NATS_SERVER_START', `nats-server did not start: ${reason}${said === '' ? '' : `; it said:${said}`}`, {
      retryable: true,
      cause,
    });
    this.output = Object.freeze([...output]);
  }
}

/** Two servers on one store destroy it: the second to come gets this. */
export class DataFolderLockedError extends ParleyError {
  readonly folder: string;
  /** As its owner knows it, which may be in another container; `undefined` when the owner did not say. */
  readonly pid: number | undefined;

  constructor(folder: string, pid?: number) {
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    super(
      'PARLEY_DATA_FOLDER_LOCKED',
      `data folder "${folder}" is in use by ${who}; stop that one, or choose another folder with --data`,
      { retryable: true },
    );
    this.folder = folder;
    this.pid = pid;
  }
}

/** The system does not let this process look into it. */
export class DataFolderUnusableError extends ParleyError {
  /** @param why with what to do */
  constructor(folder: string, why: string, cause: unknown) {
    super('PARLEY_DATA_FOLDER_UNUSABLE', `data folder "${folder}" cannot be used: ${why}`, { cause });
  }
}

/** Others could read or change what is stored there. */
export class DataFolderUnsafeError extends ParleyError {
  constructor(folder: string, why: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATA_FOLDER_UNSAFE', `data folder "${folder}" is not safe from other users: ${why}; ${remedy}`, {
      cause,
    });
  }
}
