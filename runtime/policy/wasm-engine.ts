/** Rego compiled to WebAssembly, evaluated in this process by OPA's own library. */
import { loadPolicy as instantiate } from '@open-policy-agent/opa-wasm';
import type { Contribution, Decision, Strategy } from '../core/acting.ts';
import { reasonOf } from '../core/errors.ts';
import { findJsonFault, isObject } from '../core/json.ts';
import { entrypoint, type PolicyBundle, readBundle } from './bundle.ts';
import { denied, drawDecision } from './draw-decision.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { PolicyBundleError } from './policy-errors.ts';

export interface PolicyOptions {
  /** How one decision is drawn from what rules say; `deny_overrides` by default. */
  readonly strategy?: Strategy;
}

/** Nobody needs more to say what is to be done; deeper input costs stack in the evaluator. */
const mostDepth = 32;
/** Pages of 64 KiB; it grows when it must. */
const firstPages = 10;

type Evaluator = Awaited<ReturnType<typeof instantiate>>;

/** @param folder `policies/` of this package, or one made like it. @throws PolicyBundleError */
export async function loadPolicy(folder: string, options: PolicyOptions = {}): Promise<PolicyEngine> {
  return engineOf(await readBundle(folder), options);
}

/** @throws PolicyBundleError */
async function engineOf(bundle: PolicyBundle, { strategy = 'deny_overrides' }: PolicyOptions): Promise<PolicyEngine> {
  const evaluator = await start(bundle);
  const { hash } = bundle;
  return {
    bundle: hash,
    decide(input) {
      const fault = isObject(input) ? findJsonFault(input, mostDepth) : { path: '', fault: 'not_json' };
      if (fault !== undefined) {
        return denied(
          `the input cannot be judged: ${fault.fault.replace('_', ' ')} at "${fault.path}"`,
          hash,
          strategy,
        );
      }
      return decide(evaluator, input, hash, strategy);
    },
  };
}

async function start({ where, wasm, data }: PolicyBundle): Promise<Evaluator> {
  try {
    const evaluator = await instantiate(wasm as Uint8Array<ArrayBuffer>, { initial: firstPages });
    evaluator.setData(data);
    return evaluator;
  } catch (error) {
    throw new PolicyBundleError(where, `policy.wasm does not start: ${reasonOf(error)}`, error);
  }
}

function decide(evaluator: Evaluator, input: unknown, bundle: string, strategy: Strategy): Decision {
  let result: unknown;
  try {
    result = evaluator.evaluate(input, entrypoint);
  } catch (error) {
    // an abort of the evaluator is thrown as a text
    return denied(`the policy could not be evaluated: ${reasonOf(error)}`, bundle, strategy);
  }
  const contributions = readResult(result);
  if (contributions === undefined) return denied('the policy gave no answer that can be understood', bundle, strategy);
  return drawDecision(contributions, strategy, bundle);
}

/** `[{result: [...]}]`; an empty list is Rego's "undefined". */
function readResult(result: unknown): readonly Contribution[] | undefined {
  if (!Array.isArray(result) || result.length !== 1) return undefined;
  const [only] = result as readonly unknown[];
  if (!isObject(only) || !Array.isArray(only.result)) return undefined;
  const found = only.result as readonly unknown[];
  return found.every(isContribution) ? (found as readonly Contribution[]) : undefined;
}

const effects: readonly unknown[] = ['allow', 'require_approval', 'deny'];

function isContribution(value: unknown): value is Contribution {
  if (!isObject(value)) return false;
  const { id, tier, effect, reason } = value;
  return typeof id === 'string' && typeof tier === 'number' && effects.includes(effect) && typeof reason === 'string';
}
