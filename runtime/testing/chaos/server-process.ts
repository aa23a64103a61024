/** One nats-server of a run with its own store, configuration and ports; it can be killed, stopped and wiped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { endWithRun } from './end-with-run.ts';
import { chaosUser, type ServerPlace, serverText } from './server-text.ts';
import { until } from './until.ts';

/** A nats-server of the run did not start. */
class ChaosServerError extends ParleyError {
  constructor(name: string, log: string) {
    super('PARLEY_CHAOS_SERVER', `nats-server "${name}" ended while it started: its log is "${log}"`);
  }
}

const readyMs = 30_000;

export class ServerProcess implements AsyncDisposable {
  readonly place: ServerPlace;
  readonly #binary: string;
  readonly #clock: Clock;
  #child: ChildProcess | undefined;
  #password: string = chaosUser.password;

  constructor(binary: string, place: ServerPlace, clock: Clock) {
    this.#binary = binary;
    this.place = place;
    this.#clock = clock;
  }

  get name(): string {
    return this.place.name;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Resolves when the process is started; `ready` tells when it serves. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    await mkdir(this.place.store, { recursive: true });
    await this.#configure();
    const log = openSync(join(this.place.folder, 'server.log'), 'a');
    const child = spawn(this.#binary, ['-c', this.#file], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    endWithRun(child);
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    child.once('error', () => {
      if (this.#child === child) this.#child = undefined;
    });
  }

  /** Resolves when it accepts clients and its JetStream has recovered. @throws ChaosServerError, ChaosTimeoutError */
  async ready(): Promise<void> {
    await until(this.#clock, `nats-server "${this.name}" serves`, readyMs, async () => {
      if (this.#child === undefined) throw new ChaosServerError(this.name, join(this.place.folder, 'server.log'));
      return (await this.isHealthy()) || undefined;
    });
  }

  async isHealthy(): Promise<boolean> {
    try {
      const answer = await this.monitor('healthz');
      return (answer as { status?: string }).status === 'ok';
    } catch {
      return false;
    }
  }

  /** Reads a page of its monitoring port (docs.nats.io, "Monitoring"). */
  async monitor(page: string): Promise<unknown> {
    const url = `http://127.0.0.1:${this.place.monitorPort}/${page}`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return answer.json();
  }

  /** Ends the process by SIGKILL, or another signal. Resolves when it has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // a stopped process must be continued before it handles SIGTERM
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    await ended;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Deletes its store; it must have ended. */
  async wipe(): Promise<void> {
    await rm(join(this.place.store, 'jetstream'), { recursive: true, force: true });
  }

  /** Changes the password; disconnects clients with another one. */
  async setPassword(password: string): Promise<void> {
    this.#password = password;
    await this.#configure();
    this.#child?.kill('SIGHUP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.end('SIGKILL');
  }

  get #file(): string {
    return join(this.place.folder, 'server.conf');
  }

  #configure(): Promise<void> {
    return writeFile(this.#file, serverText(this.place, this.#password));
  }
}
