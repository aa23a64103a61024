/**
 * A nats-server of our own, as a child: on loopback, on a free port, with its store in the data folder.
 *
 * starting ──ready──▶ running ──ended unasked──▶ starting (same port, same store, after a pause)
 *    │ ended                └ stop() ──▶ stopped
 *    └ first time, or too often in a row ──▶ failed
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Clock, sleep, systemClock } from '../core/clock.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import { lockFolder, unlockFolder, writeRunFile } from './data-folder.ts';
import { NatsServerStartError } from './embedded-errors.ts';
import { type GuardedChild, startGuarded } from './guarded-child.ts';

export interface NatsServerOptions {
  /** Path of nats-server. */
  readonly binary: string;
  readonly version: string;
  /** Holds the store; locked while the server runs. */
  readonly dataDir: string;
  /** Throw away what an earlier server stored there. */
  readonly fresh?: boolean;
  /** Default: one that is free. */
  readonly port?: number;
  /** More of the server's own command-line flags. */
  readonly flags?: readonly string[];
  readonly clock?: Clock;
  readonly log?: Logger;
}

const startMs = 20_000;
const stopMs = 10_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;
const startsInARow = 10;
const keptLines = 20;

/** Resolves when the server takes connections. @throws NatsServerStartError, DataFolderLockedError */
export async function startNatsServer(options: NatsServerOptions): Promise<EmbeddedNatsServer> {
  await lockFolder(options.dataDir);
  const server = new EmbeddedNatsServer(options);
  try {
    if (options.fresh === true) await rm(join(options.dataDir, 'jetstream'), { recursive: true, force: true });
    await server.start();
    await writeRunFile(options.dataDir, server.url, options.version);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

export class EmbeddedNatsServer implements AsyncDisposable {
  readonly #options: NatsServerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  #port: number;
  #pid = 0;
  #child: GuardedChild | undefined;
  #output: string[] = [];
  #stopped: Promise<void> | undefined;
  #restarts = 0;

  constructor(options: NatsServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#port = options.port ?? -1;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The server's own process; changes when it had to be started again. */
  get pid(): number {
    return this.#pid;
  }

  get version(): string {
    return this.#options.version;
  }

  /** How often it ended unasked and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** For `startNatsServer`. */
  async start(): Promise<void> {
    const child = await this.#launch();
    void this.#watch(child);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined) {
      child.release();
      const giveUp = new AbortController();
      const late = sleep(this.#clock, stopMs, giveUp.signal).catch(() => undefined);
      await Promise.race([child.ended, late]);
      giveUp.abort();
    }
    await unlockFolder(this.#options.dataDir);
  }

  /** Starts the process, and waits for the line that says that it is ready. */
  async #launch(): Promise<GuardedChild> {
    const { binary, dataDir, flags = [] } = this.#options;
    const args = ['-js', '-sd', '.', '-a', '127.0.0.1', '-p', String(this.#port), ...flags];
    const child = startGuarded(binary, args, dataDir);
    this.#child = child;
    this.#output = [];
    let port = this.#port;
    const ready = new Promise<true>((resolve) => {
      createInterface({ input: child.output }).on('line', (line) => {
        this.#output = [...this.#output.slice(1 - keptLines), line];
        port = Number(/Listening for client connections on .*:(\d+)/.exec(line)?.[1] ?? port);
        if (line.includes('Server is ready')) resolve(true);
      });
    });
    const giveUp = new AbortController();
    const late = sleep(this.#clock, startMs, giveUp.signal).then(
      () => `not ready within ${startMs / 1000} s`,
      () => 'never mind',
    );
    const outcome = await Promise.race([ready, child.ended, late]);
    giveUp.abort();
    if (outcome !== true) {
      child.release();
      throw new NatsServerStartError(outcome, this.#output);
    }
    this.#port = port;
    this.#pid = await child.pid;
    return child;
  }

  /** Starts it again when it ends unasked: on the same port, so that clients find it, and with the same store. */
  async #watch(first: GuardedChild): Promise<void> {
    for (let child = first; ; ) {
      const how = await child.ended;
      if (this.#stopped !== undefined) return;
      this.#log.warn({ pid: this.#pid, how }, 'nats-server ended, starting it again');
      const again = await this.#relaunch();
      if (again === undefined) return;
      child = again;
      this.#restarts++;
      this.#log.info({ pid: this.#pid, url: this.url }, 'nats-server runs again');
    }
  }

  async #relaunch(): Promise<GuardedChild | undefined> {
    for (let failures = 0; failures < startsInARow; failures++) {
      await sleep(this.#clock, Math.min(longestPauseMs, firstPauseMs * 2 ** failures));
      if (this.#stopped !== undefined) return undefined;
      try {
        const child = await this.#launch();
        if (this.#stopped === undefined) return child;
        child.release();
        return undefined;
      } catch (error) {
        this.#log.warn({ reason: String(error) }, 'nats-server did not start again');
      }
    }
    this.#log.error({ url: this.url, output: this.#output }, 'nats-server is given up: it does not start any more');
    return undefined;
  }
}
