/** Evaluates Rego, compiled to WebAssembly, in this process with OPA's own library: one instance, one evaluation at a time. */
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import * as library from '@open-policy-agent/opa-wasm';
import { isObject } from '../core/json.ts';
import { BoundedRun } from './bounded-run.ts';
import { entrypoint, type PolicyBundle } from './bundle.ts';
import { type CountingModule, countingSteps, stepsExport } from './count-steps.ts';
import { borrowedFunctions, isProvided } from './host-functions.ts';
import { PolicyBundleError, PolicyLimitError } from './policy-errors.ts';

/** The types of the library export "loadPolicySync" by name; its ES module has it in a default export that the types lack. */
const { loadPolicySync } = (library as unknown as { readonly default: typeof OpaWasm }).default;

/** Limits of one evaluation. An evaluation that reaches one is broken off. */
export interface EvaluationLimits {
  /** Calls and turns of loops in compiled rules: the same number for the same input, whatever the machine. */
  readonly maxSteps: number;
  /** MiB that compiled rules, data, input and intermediate results take together. */
  readonly memoryMiB: number;
}

/** A decision of the DevOps mesh takes 12,000 steps (25 µs) and 1 MiB; a machine takes about 100 million steps a second. */
export const defaultLimits: EvaluationLimits = Object.freeze({ maxSteps: 50_000_000, memoryMiB: 64 });

/** What JavaScript does for rules counts no steps: their evaluation has this time. It is long, because the clock counts waiting too. */
const defaultHostMs = 5_000;
/** Pages of 64 KiB. */
const pagesPerMiB = 16;
/** Enough for most rules and data without growing. */
const initialPages = 10;

export class RegoEvaluator {
  readonly #bundle: PolicyBundle;
  readonly #limits: EvaluationLimits;
  readonly #hostMs: number;
  readonly #counting: CountingModule;
  /** For rules that borrow functions from JavaScript. */
  readonly #bounded: BoundedRun | undefined;
  #instance: OpaWasm.LoadedPolicy | undefined;

  /** Starts an instance. @throws PolicyBundleError */
  constructor(bundle: PolicyBundle, limits: EvaluationLimits = defaultLimits, hostMs: number = defaultHostMs) {
    this.#bundle = bundle;
    this.#hostMs = hostMs;
    this.#limits = limits;
    try {
      this.#counting = countingSteps(bundle.wasm);
      this.#instance = this.#limited(() => this.#start());
    } catch (error) {
      throw this.#unusable(`policy.wasm does not start: ${textOf(error)}`, error);
    }
    if (!Object.hasOwn(this.#instance.entrypoints, entrypoint)) {
      throw this.#unusable(`policy.wasm has no entry point "${entrypoint}"`);
    }
    const borrowed = borrowedFunctions(this.#instance);
    const missing = borrowed.filter((name) => !isProvided(name));
    if (missing.length > 0) {
      const why = `its rules call ${missing.join(', ')}, which compiled rules do not have`;
      throw new PolicyBundleError(bundle.where, why, 'hand what they need over as a fact of the act, or in data.json');
    }
    this.#bounded = borrowed.length > 0 ? new BoundedRun() : undefined;
  }

  /**
   * @returns the library's `[{result}]`; `[]` is Rego's "undefined"
   * @throws PolicyLimitError; Error with the evaluator's message
   */
  evaluate(input: object): unknown {
    const instance = this.#instance ?? this.#limited(() => this.#start());
    // an aborted evaluation never returns its stack: after 1,400 of them the instance fails for ever
    this.#instance = undefined;
    const { maxSteps } = this.#limits;
    const steps = stepsOf(instance);
    steps.value = maxSteps;
    const work = (): unknown => instance.evaluate(input, entrypoint);
    const result = this.#limited(
      () => (this.#bounded === undefined ? work() : this.#bounded.run(work, this.#hostMs)),
      () => (steps.value < 0 ? `${maxSteps} steps` : undefined),
    );
    this.#instance = instance;
    return result;
  }

  /** @param limit that was reached, if one was. @throws PolicyLimitError, Error */
  #limited<T>(work: () => T, limit: () => string | undefined = () => undefined): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof PolicyLimitError) throw error;
      const text = textOf(error);
      const isFull = /^opa_malloc: failed|Memory\.grow/.test(text);
      const reached = isFull ? `${this.#limits.memoryMiB} MiB` : limit();
      if (reached !== undefined) throw new PolicyLimitError(reached, error);
      throw new Error(text, { cause: error });
    }
  }

  /** Starts an instance in less than a millisecond. */
  #start(): OpaWasm.LoadedPolicy {
    const maximum = this.#limits.memoryMiB * pagesPerMiB;
    const { wasm, pages } = this.#counting;
    const initial = Math.min(Math.max(initialPages, pages), maximum);
    const instance = loadPolicySync(wasm as Uint8Array<ArrayBuffer>, { initial, maximum });
    instance.setData(this.#bundle.data);
    return instance;
  }

  #unusable(why: string, cause?: unknown): PolicyBundleError {
    return new PolicyBundleError(this.#bundle.where, why, 'compile it with "parley policy build"', cause);
  }
}

/** The counter of an instance, which `countingSteps` added. */
function stepsOf({ wasmInstance }: OpaWasm.LoadedPolicy): { value: number } {
  const { exports } = wasmInstance as unknown as { readonly exports: { readonly [stepsExport]: { value: number } } };
  return exports[stepsExport];
}

/** Reads the message of a thrown value: the library throws texts, or objects that are not errors. */
function textOf(thrown: unknown): string {
  return isObject(thrown) && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}
