/** The process of the senders, as the run controls it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Clock, within } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { keepOutput } from './child-log.ts';
import { endWithRun } from './end-with-run.ts';
import { type SenderMessage, type SenderSettings, senderVariable } from './sender-settings.ts';
import { siblingProgram } from './sibling-program.ts';

/** The senders ended too early, or did not end when asked to. */
class ChaosSenderError extends ParleyError {
  constructor(what: string, log: string) {
    super('PARLEY_CHAOS_SENDER', `the senders ${what}: their log is "${log}"`);
  }
}

/** Longer than the deadline of a send with all its retries. */
const endMs = 300_000;

export class SenderProcess implements Disposable {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<number | null>;

  /** @throws ChaosSenderError */
  static async start(settings: SenderSettings, folder: string): Promise<SenderProcess> {
    const child = fork(siblingProgram(import.meta.url, 'chaos-sender'), [], {
      env: { PATH: process.env.PATH, [senderVariable]: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    endWithRun(child);
    const log = join(folder, `${settings.process}.log`);
    keepOutput(child, log);
    const sender = new SenderProcess(child, log);
    await Promise.race([once(child, 'message'), sender.#early()]);
    return sender;
  }

  private constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
    this.#ended = once(child, 'exit').then(([code]) => code as number | null);
  }

  tell(message: SenderMessage): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Rejects when the senders end before they are asked to. */
  async watch(): Promise<never> {
    return this.#early();
  }

  /** Resolves when every send has its answer. @throws ChaosSenderError */
  async end(clock: Clock): Promise<void> {
    this.tell({ kind: 'end' });
    const code = await within(clock, endMs, this.#ended);
    if (code !== 0) throw new ChaosSenderError(code === undefined ? 'do not end' : `ended with ${code}`, this.#log);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  async #early(): Promise<never> {
    const code = await this.#ended;
    throw new ChaosSenderError(`ended with ${code} before they were told to`, this.#log);
  }
}
