/** Runs PGlite's thread once, from its start to its end, for the process that owns it. */
import type { Worker } from 'node:worker_threads';
import { type Clock, within } from '../core/clock.ts';
import { startOwnThread } from '../core/own-thread.ts';
import { PgliteStartError } from './pglite-errors.ts';

/** The job that the thread gets at its start. */
export type PgliteJob =
  | { readonly kind: 'make'; readonly store: string }
  | {
      readonly kind: 'serve';
      readonly store: string;
      readonly port: number;
      /** Of its one user. */
      readonly password: string;
      readonly idleMs: number;
      readonly checkpointMs: number;
      /** Odd while a question is being answered. Shared memory, because the thread can send no message meanwhile. */
      readonly progress: Int32Array;
    };

/** The messages of the thread. */
export type PgliteMessage =
  | { readonly kind: 'ready'; readonly port: number; readonly version: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly output: readonly string[] };

export interface PgliteThread {
  readonly port: number;
  /** Of Postgres and PGlite: `PostgreSQL 18.6 (PGlite 0.5.14)`. */
  readonly version: string;
  /** Resolves when the thread has ended: why, for people. */
  readonly ended: Promise<string>;
  /** Lets the thread close its store, and ends it after `withinMs` in any case. */
  stop(withinMs: number): void;
  /** Ends it now. */
  kill(): void;
}

const entry = './pglite-worker';
/** Long, because a store that was killed is recovered first: Postgres replays its log. */
const startMs = 60_000;

/** Makes a new store; resolves when it is complete. @throws PgliteStartError */
export async function makeStore(clock: Clock, store: string): Promise<void> {
  const started = start({ kind: 'make', store });
  const how = await inTime(clock, started, started.ended);
  if (started.failure() !== undefined || how !== cleanEnd) throw startError(started, how);
}

/** Resolves when clients can connect. @throws PgliteStartError after the thread has ended */
export async function serveStore(clock: Clock, job: PgliteJob & { readonly kind: 'serve' }): Promise<PgliteThread> {
  const started = start(job);
  const { worker, ready, failure, ended } = started;
  const message = await inTime(clock, started, Promise.race([ready, ended]));
  if (typeof message === 'string') throw startError(started, message);
  const kill = (): void => void worker.terminate();
  return {
    port: message.port,
    version: message.version,
    ended: ended.then((how) => failure()?.reason ?? how),
    stop(withinMs) {
      worker.postMessage('stop');
      void within(clock, withinMs, ended).then((how) => {
        if (how === undefined) kill();
      });
    },
    kill,
  };
}

/** Returns the outcome; after `startMs` ends the thread and returns that. */
async function inTime<T>(clock: Clock, { worker }: Started, outcome: Promise<T>): Promise<T | string> {
  const found = await within(clock, startMs, outcome);
  if (found !== undefined) return found;
  await worker.terminate();
  return `not ready within ${startMs / 1000} s`;
}

function startError({ failure }: Started, how: string): PgliteStartError {
  const failed = failure();
  return new PgliteStartError(failed?.reason ?? how, failed?.output);
}

interface Started {
  readonly worker: Worker;
  readonly ready: Promise<PgliteMessage & { readonly kind: 'ready' }>;
  readonly failure: () => (PgliteMessage & { readonly kind: 'failed' }) | undefined;
  readonly ended: Promise<string>;
}

const cleanEnd = 'exit code 0';

function start(job: PgliteJob): Started {
  const worker = startOwnThread(entry, import.meta.url, job);
  let failed: (PgliteMessage & { readonly kind: 'failed' }) | undefined;
  const ready = new Promise<PgliteMessage & { readonly kind: 'ready' }>((resolve) => {
    worker.on('message', (message: PgliteMessage) => {
      if (message.kind === 'ready') resolve(message);
      else failed = message;
    });
  });
  const ended = new Promise<string>((resolve) => {
    // an error that the thread could not catch: it had no memory left, or its code could not be loaded
    worker.on('error', (error: Error) => {
      failed ??= { kind: 'failed', reason: error.message, output: [] };
    });
    worker.on('exit', (code) => resolve(`exit code ${code}`));
  });
  return { worker, ready, failure: () => failed, ended };
}
