/** Evaluates Rego, compiled to WebAssembly, in this process with OPA's own library: one instance, one evaluation at a time. */
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import * as library from '@open-policy-agent/opa-wasm';
import { isObject } from '../core/json.ts';
import { BoundedRun } from './bounded-run.ts';
import { entrypoint, type PolicyBundle } from './bundle.ts';
import { missingFunctions } from './host-functions.ts';
import { PolicyBundleError, PolicyLimitError } from './policy-errors.ts';

/** The types of the library export "loadPolicySync" by name; its ES module has it in a default export that the types lack. */
const { loadPolicySync } = (library as unknown as { readonly default: typeof OpaWasm }).default;

/** Limits of one evaluation. An evaluation that reaches one is broken off. */
export interface EvaluationLimits {
  /** Milliseconds in which the node does nothing else. */
  readonly evaluationMs: number;
  /** MiB that compiled rules, data, input and intermediate results take together. */
  readonly memoryMiB: number;
}

/** A decision takes about 0.1 ms and 1 MiB. */
export const defaultLimits: EvaluationLimits = Object.freeze({ evaluationMs: 500, memoryMiB: 64 });

/** Pages of 64 KiB. */
const pagesPerMiB = 16;
/** Reserved, not used: compiled rules that hold much data need more than a few pages to start. */
const initialMiB = 10;

export class RegoEvaluator {
  readonly #bundle: PolicyBundle;
  readonly #limits: EvaluationLimits;
  readonly #bounded = new BoundedRun();
  #instance: OpaWasm.LoadedPolicy | undefined;

  /** Starts an instance. @throws PolicyBundleError */
  constructor(bundle: PolicyBundle, limits: EvaluationLimits = defaultLimits) {
    this.#bundle = bundle;
    this.#limits = limits;
    try {
      this.#instance = this.#run(() => this.#start());
    } catch (error) {
      throw this.#unusable(`policy.wasm does not start: ${textOf(error)}`, error);
    }
    if (!Object.hasOwn(this.#instance.entrypoints, entrypoint)) {
      throw this.#unusable(`policy.wasm has no entry point "${entrypoint}"`);
    }
    const missing = missingFunctions(this.#instance);
    if (missing.length === 0) return;
    const why = `its rules call ${missing.join(', ')}, which compiled rules do not have`;
    throw new PolicyBundleError(bundle.where, why, 'hand what they need over as a fact of the act, or in data.json');
  }

  /**
   * @returns the library's `[{result}]`; `[]` is Rego's "undefined"
   * @throws PolicyLimitError; Error with the evaluator's message
   */
  evaluate(input: object): unknown {
    return this.#run(() => {
      const instance = this.#instance ?? this.#start();
      // an aborted evaluation never returns its stack: after 1,400 of them the instance fails for ever
      this.#instance = undefined;
      const result: unknown = instance.evaluate(input, entrypoint);
      this.#instance = instance;
      return result;
    });
  }

  #run<T>(work: () => T): T {
    const { evaluationMs, memoryMiB } = this.#limits;
    try {
      return this.#bounded.run(work, evaluationMs);
    } catch (error) {
      if (error instanceof PolicyLimitError) throw error;
      const text = textOf(error);
      if (/^opa_malloc: failed|Memory\.grow/.test(text)) throw new PolicyLimitError(`${memoryMiB} MiB`, error);
      throw new Error(text, { cause: error });
    }
  }

  /** Starts an instance in less than a millisecond. */
  #start(): OpaWasm.LoadedPolicy {
    const maximum = this.#limits.memoryMiB * pagesPerMiB;
    const initial = Math.min(initialMiB * pagesPerMiB, maximum);
    const instance = loadPolicySync(this.#bundle.wasm as Uint8Array<ArrayBuffer>, { initial, maximum });
    instance.setData(this.#bundle.data);
    return instance;
  }

  #unusable(why: string, cause?: unknown): PolicyBundleError {
    return new PolicyBundleError(this.#bundle.where, why, 'compile it with "parley policy build"', cause);
  }
}

/** Reads the message of a thrown value: the library throws texts, or objects that are not errors. */
function textOf(thrown: unknown): string {
  return isObject(thrown) && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}
