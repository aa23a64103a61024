/** A worker thread that answers requests, one after the other, from a module of ours: compiled, or as it is under tsx. */
import { Worker } from 'node:worker_threads';
import { deferred } from '../core/deferred.ts';
import { reasonOf } from '../core/errors.ts';

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export class Thread<Request> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  #next = 0;
  #over: Error | undefined;

  /** @param module without its ending, beside the one at `base` */
  constructor(module: string, base: string, workerData: unknown) {
    this.#worker = spawn(module, base, workerData);
    this.#worker.unref();
    this.#worker.on('message', ({ id, value, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#end(new Error(reasonOf(error))));
    this.#worker.on('exit', (code) => this.#end(new Error(`its thread ended with code ${code}`)));
  }

  /** @throws Error with the thread's words; when it has ended */
  ask<T>(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const { promise, resolve, reject } = deferred<unknown>();
    const id = this.#next++;
    this.#waiting.set(id, { resolve, reject });
    this.#worker.ref();
    this.#worker.postMessage({ id, request }, [...transfer]);
    return promise as Promise<T>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #end(error: Error): void {
    this.#over ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** A worker does not inherit tsx from whoever starts it. */
function spawn(module: string, base: string, workerData: unknown): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(`${module}.js`, base), { workerData });
  const [reader, file] = [import.meta.resolve('tsx/esm/api'), new URL(`${module}.ts`, base).href];
  const script = `import('${reader}').then(({ register }) => (register(), import('${file}')))`;
  return new Worker(script, { eval: true, execArgv: [], workerData });
}
