/**
 * Attributes stray errors: those that an agent's code throws or rejects with outside of the path that the runtime awaits (a
 * send without `await`, a throw in `setTimeout`, an event emitter's `error`). Each belongs to the handling, timer or hook in
 * whose async context it arose (`AsyncLocalStorage`, nodejs.org/api/async_context.html).
 *
 * Not attributable: a throw in `queueMicrotask` before Node 24, and code with a foreign async context, such as a socket that
 * was opened when the module was loaded.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const scopes = new AsyncLocalStorage<StrayScope>();

/** When a stray error came: during its run, after its end, or after so many of the same run that it is only counted. */
export type StrayMoment = 'during' | 'late' | 'one_of_many';

/**
 * Number of stray errors of one run that are handled individually: one fails the agent, and a loop may cause hundreds of
 * thousands.
 */
const handledEach = 3;

/** One run of an agent's code. */
export abstract class StrayScope {
  /** The agent's id. */
  abstract readonly agent: string;
  #fail: ((error: unknown) => void) | undefined;
  #strays = 0;

  run<T, A>(work: (argument: A) => T, argument: A): T {
    return scopes.run(this, work, argument);
  }

  /** Receives each stray error. */
  protected abstract told(error: unknown, moment: StrayMoment): void;

  /**
   * Settles with the first outcome of the run: its result, its own error, or a stray error.
   * @param result of `run`
   */
  settle<R, T>(
    result: PromiseLike<R>,
    succeeded: (value: R) => T,
    failed: (error: unknown) => T | Promise<T>,
  ): Promise<T> {
    return new Promise((resolve) => {
      const once = (end: () => T | Promise<T>): void => {
        if (this.#fail === undefined) return;
        this.#fail = undefined;
        resolve(end());
      };
      this.#fail = (error) => once(() => failed(error));
      try {
        result.then(
          (value) => once(() => succeeded(value)),
          (error) => once(() => failed(error)),
        );
      } catch (error) {
        // a promise of another library, whose `then` throws
        once(() => failed(error));
      }
    });
  }

  /** Reports a stray error of this run. */
  strayed(error: unknown): void {
    if (++this.#strays > handledEach) return this.told(error, 'one_of_many');
    this.told(error, this.#fail === undefined ? 'late' : 'during');
    this.#fail?.(error);
  }
}

/** Returns the scope of the running code; `undefined` outside of any agent's code. */
export const strayScope = (): StrayScope | undefined => scopes.getStore();

/** Recognises promises, including those that are not Node's own. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
