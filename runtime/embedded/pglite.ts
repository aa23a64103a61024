/**
 * PGlite (Postgres in WebAssembly) in a thread of this process, behind a socket of the loopback, its store in the data folder.
 *
 * starting ──ready──▶ running ──ended unasked, stuck──▶ starting again (same port, same store, after a pause)
 *    │ ended             │ stop()                     │ too often in a row
 *    ▼                   ▼                            ▼
 *  error              stopped                       failed (onFailed; stop() still releases the folder)
 *
 * Commits survive the end of the process, also by SIGKILL. They may not survive a crash of the machine: PGlite leaves it to the
 * system when to write to the disk. Like the embedded nats-server it asks for a password, made at the start.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sleep } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { DataFolderLockedError } from './embedded-errors.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { PgliteStartError } from './pglite-errors.ts';
import { type PgliteOptions, type SettledPgliteOptions, settlePglite } from './pglite-options.ts';
import { makeStore, type PgliteThread, serveStore } from './pglite-thread.ts';
import { watchProgress } from './pglite-watch.ts';
import { openPrivateFolder } from './private-folder.ts';
import { identityOf } from './process-identity.ts';
import { keepRunning } from './restart-loop.ts';
import { loopbackUrl, newPassword, removeRunFile, writeRunFile } from './run-file.ts';
import { withServer } from './running-server.ts';
import { startStep } from './start-step.ts';

const lookMs = 50;

/** PGlite's folder in the data folder. */
export const pgliteFolder = (dataDir: string): string => join(resolve(dataDir), 'postgres');
export const storeIn = (folder: string): string => join(folder, 'store');

/**
 * Resolves when clients can connect.
 * @throws InvalidOptionError, PgliteStartError, DataFolderLockedError, DataFolderUnsafeError
 */
export async function startPglite(options: PgliteOptions): Promise<EmbeddedPglite> {
  const settled = settlePglite(options);
  const folder = pgliteFolder(settled.dataDir);
  await startStep(PgliteStartError, folder, () => openPrivateFolder(settled.dataDir));
  const lock = await startStep(PgliteStartError, folder, () => lockPatiently(folder, settled));
  const pglite = new EmbeddedPglite(settled, folder, lock);
  try {
    await startStep(PgliteStartError, folder, () => pglite.start());
    return pglite;
  } catch (error) {
    // why it did not start says more than why it could not be cleaned up
    await pglite.stop().catch(() => undefined);
    throw error;
  }
}

async function lockPatiently(folder: string, { clock, patienceMs }: SettledPgliteOptions): Promise<FolderLock> {
  for (const deadline = clock.monotonic() + patienceMs; ; await sleep(clock, lookMs)) {
    try {
      return await lockFolder(folder, clock);
    } catch (error) {
      const isOver = clock.monotonic() >= deadline;
      if (!(error instanceof DataFolderLockedError) || isOver) throw await withServer(error, folder);
    }
  }
}

export class EmbeddedPglite implements AsyncDisposable {
  readonly #options: SettledPgliteOptions;
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #stopping = new AbortController();
  /** The same after each restart: clients connect again with it. */
  readonly #password = newPassword();
  #port = 0;
  #version = '';
  #restarts = 0;
  #progress: Int32Array = new Int32Array(1);
  #watching: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: SettledPgliteOptions, folder: string, lock: FolderLock) {
    this.#options = options;
    this.#folder = folder;
    this.#lock = lock;
  }

  /** For `openDatabase`. Contains the password, but shows only the address as text. */
  get url(): ServiceUrl {
    return loopbackUrl('postgres', this.#port, this.#password);
  }

  /** A name for messages. */
  get describe(): string {
    return `"${this.#folder}" (PGlite)`;
  }

  /** Of Postgres and PGlite: `PostgreSQL 18.6 (PGlite 0.5.14)`. */
  get version(): string {
    return this.#version;
  }

  /** How often it ended unasked and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** For `startPglite`. */
  async start(): Promise<void> {
    const store = storeIn(this.#folder);
    if (!existsSync(store)) {
      const beside = `${store}.new`;
      await rm(beside, { recursive: true, force: true });
      await openPrivateFolder(beside);
      await makeStore(this.#options.clock, beside);
      await rename(beside, store);
    }
    this.#watching = this.#watch(await this.#serve());
  }

  /** Resolves when its store is closed and the folder is free. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    try {
      if (this.#options.announce) await removeRunFile(this.#folder);
    } finally {
      await this.#lock.release();
    }
  }

  async #serve(): Promise<PgliteThread> {
    const { clock, idleMs, checkpointMs, announce } = this.#options;
    const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const job = {
      kind: 'serve',
      store: storeIn(this.#folder),
      port: this.#port,
      password: this.#password,
      idleMs,
      checkpointMs,
      progress,
    } as const;
    const thread = await serveStore(clock, job);
    [this.#port, this.#version] = [thread.port, thread.version];
    this.#progress = progress;
    if (!announce) return thread;
    const owner = identityOf(process.pid);
    try {
      await writeRunFile(this.#folder, { v: 1, pid: owner.pid, owner, url: this.url, version: thread.version });
      return thread;
    } catch (error) {
      thread.kill();
      await thread.ended;
      throw error;
    }
  }

  #watch(first: PgliteThread): Promise<void> {
    const { clock, log } = this.#options;
    const folder = this.#folder;
    return keepRunning(
      {
        name: 'PGlite',
        log,
        clock,
        stopping: this.#stopping.signal,
        launch: () => this.#serve(),
        end: (thread) => this.#endOf(thread),
        ended: (_, how) => log.warn({ folder, how }, 'PGlite ended, starting it again'),
        restarted: () => {
          this.#restarts++;
          log.info({ folder, url: this.url.describe }, 'PGlite runs again');
        },
        launchFailed: (error) => log.warn({ folder, reason: reasonOf(error) }, 'PGlite did not start again'),
        givenUp: (last) => this.#giveUp(last),
      },
      first,
    );
  }

  async #endOf(thread: PgliteThread): Promise<string> {
    const { clock, statementMs, stopMs } = this.#options;
    const { signal } = this.#stopping;
    let stuck = false;
    const progress = this.#progress;
    const watch = watchProgress({
      clock,
      progress: () => Atomics.load(progress, 0),
      limitMs: statementMs,
      onStuck: () => {
        stuck = true;
        thread.kill();
      },
    });
    const stop = (): void => thread.stop(stopMs);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const how = await thread.ended;
    signal.removeEventListener('abort', stop);
    watch.cancel();
    return stuck ? `a statement took longer than ${statementMs / 1000} s` : how;
  }

  #giveUp(last: unknown): void {
    const { log, onFailed } = this.#options;
    const error = last instanceof PgliteStartError ? last : new PgliteStartError(reasonOf(last), [], last);
    log.error({ folder: this.#folder, output: error.output }, 'PGlite is given up: it does not start any more');
    onFailed?.(error);
  }
}
