/** Requests on their way to a thread or a process, each with the number of its answer. */
import { type Deferred, deferred } from '../core/deferred.ts';

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export class PendingAnswers {
  readonly #waiting = new Map<number, Deferred<unknown>>();
  #next = 0;

  get size(): number {
    return this.#waiting.size;
  }

  open<T>(): { readonly id: number; readonly promise: Promise<T> } {
    const id = this.#next++;
    const waiting = deferred<unknown>();
    this.#waiting.set(id, waiting);
    return { id, promise: waiting.promise as Promise<T> };
  }

  settle({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
