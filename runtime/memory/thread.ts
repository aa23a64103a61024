/** A worker thread that answers requests in order, from a module of this package: compiled, or TypeScript under tsx. */
import type { Worker } from 'node:worker_threads';
import { reasonOf } from '../core/errors.ts';
import { startOwnThread } from '../core/own-thread.ts';
import { NativeGate } from './native-gate.ts';
import { type Answer, PendingAnswers } from './pending-answers.ts';

/** The start data of a thread. */
export interface ThreadData<Job> {
  readonly job: Job;
  readonly gate: SharedArrayBuffer;
}

const gates = new Set<NativeGate>();
const closeGates = (): void => {
  for (const gate of gates) gate.closeNow();
};

export class Thread<Job, Request> implements AsyncDisposable {
  readonly #gate: NativeGate;
  readonly #worker: Worker;
  readonly #pending = new PendingAnswers();
  #over: Error | undefined;

  /** @param entry without its extension, beside the module at `base` */
  constructor(entry: string, base: string, job: Job) {
    const shared = new SharedArrayBuffer(8);
    const data: ThreadData<Job> = { job, gate: shared };
    this.#gate = new NativeGate(shared);
    this.#worker = startOwnThread(entry, base, data);
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      this.#pending.settle(answer);
      if (this.#pending.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#end(new Error(`its thread failed: ${reasonOf(error)}`)));
    this.#worker.on('exit', (code) => this.#end(new Error(`its thread ended with code ${code}`)));
    if (gates.size === 0) process.on('exit', closeGates);
    gates.add(this.#gate);
  }

  /** Sends a request. @throws Error with the message of the thread, or when the thread has ended */
  ask<T>(request: Request): Promise<T> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const { id, promise } = this.#pending.open<T>();
    this.#worker.ref();
    this.#worker.postMessage({ id, request });
    return promise;
  }

  /** Finishes the current request, refuses those behind it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over !== undefined) return;
    this.#gate.close();
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#worker.postMessage('end');
    await ended;
  }

  #end(error: Error): void {
    this.#over ??= error;
    this.#pending.fail(this.#over);
    gates.delete(this.#gate);
    if (gates.size === 0) process.off('exit', closeGates);
  }
}
