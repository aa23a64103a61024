/** Evaluates Rego, compiled to WebAssembly, in this process with OPA's own library: one instance, one evaluation at a time. */
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import * as library from '@open-policy-agent/opa-wasm';
import { isObject } from '../core/json.ts';
import { entrypoint, type PolicyBundle } from './bundle.ts';
import { PolicyBundleError } from './policy-errors.ts';

/** The types of the library export "loadPolicySync" by name; its ES module has it in a default export that the types lack. */
const { loadPolicySync } = (library as unknown as { readonly default: typeof OpaWasm }).default;

/** Memory in pages of 64 KiB. It grows up to the maximum; beyond that an evaluation fails. */
const memory = { initial: 10, maximum: 1_024 };

export class RegoEvaluator {
  readonly #bundle: PolicyBundle;
  #instance: OpaWasm.LoadedPolicy | undefined;

  /** Starts an instance. @throws PolicyBundleError */
  constructor(bundle: PolicyBundle) {
    this.#bundle = bundle;
    const remedy = 'compile it with "opa build -t wasm" ("npm run policies:build" does)';
    try {
      this.#instance = this.#start();
    } catch (error) {
      throw new PolicyBundleError(bundle.where, `policy.wasm does not start: ${textOf(error)}`, remedy, error);
    }
    if (!Object.hasOwn(this.#instance.entrypoints, entrypoint)) {
      throw new PolicyBundleError(bundle.where, `policy.wasm has no entry point "${entrypoint}"`, remedy);
    }
  }

  /** @returns the library's `[{result}]`; `[]` is Rego's "undefined". @throws Error with the evaluator's message */
  evaluate(input: object): unknown {
    const instance = this.#instance ?? this.#start();
    // an aborted evaluation never returns its stack: after 1,400 of them the instance fails for ever
    this.#instance = undefined;
    let result: unknown;
    try {
      result = instance.evaluate(input, entrypoint);
    } catch (error) {
      throw new Error(textOf(error), { cause: error });
    }
    this.#instance = instance;
    return result;
  }

  /** Starts an instance in less than a millisecond. */
  #start(): OpaWasm.LoadedPolicy {
    const instance = loadPolicySync(this.#bundle.wasm as Uint8Array<ArrayBuffer>, { ...memory });
    instance.setData(this.#bundle.data);
    return instance;
  }
}

/** Reads the message of a thrown value: the library throws texts, or objects that are not errors. */
function textOf(thrown: unknown): string {
  return isObject(thrown) && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}
