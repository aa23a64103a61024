/** Why there is no nats-server of our own. */
import { ParleyError } from '../core/errors.ts';

/** One place that was looked at, and why it was of no use. */
export interface Attempt {
  readonly source: string;
  readonly reason: string;
}

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
    this.attempts = attempts;
  }
}

/** The one that was named cannot be used: nothing else is tried in its place. */
export class NatsServerUnusableError extends ParleyError {
  constructor(path: string, reason: string) {
    super('PARLEY_NATS_SERVER_UNUSABLE', `PARLEY_NATS_SERVER names "${path}": ${reason}; correct it, or unset it`);
  }
}

export class NatsServerStartError extends ParleyError {
  /** What the server said last. */
  readonly output: readonly string[];

  constructor(reason: string, output: readonly string[]) {
    const said = output.map((line) => `\n  ${line}`).join('');
    super('PARLEY_NATS_SERVER_START', `nats-server did not start: ${reason}${said === '' ? '' : `; it said:${said}`}`, {
      retryable: true,
    });
    this.output = output;
  }
}

export class DataFolderLockedError extends ParleyError {
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      'PARLEY_DATA_FOLDER_LOCKED',
      `data folder "${folder}" is in use by process ${pid}; stop that one, or choose another folder with --data`,
      { retryable: true },
    );
    this.pid = pid;
  }
}
