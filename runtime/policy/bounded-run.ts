/**
 * Breaks off synchronous work that takes too long. Node's `vm` can: a timer on a thread of its own has V8 terminate what
 * runs, be it WebAssembly, a regular expression or JavaScript. Native code ends first. The thread costs 35 µs, and milliseconds where
 * processors are busy.
 */
import { createContext, Script } from 'node:vm';
import { PolicyLimitError } from './policy-errors.ts';

const script = new Script('work()');
const nothing = (): undefined => undefined;

export class BoundedRun {
  readonly #context: { work: () => unknown } = { work: nothing };

  constructor() {
    createContext(this.#context);
  }

  /** @returns what the work returns. @throws PolicyLimitError after `ms`; what the work throws */
  run<T>(work: () => T, ms: number): T {
    this.#context.work = work;
    try {
      return script.runInContext(this.#context, { timeout: ms }) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new PolicyLimitError(`${ms} ms`, error);
    } finally {
      this.#context.work = nothing;
    }
  }
}
