/** A policy engine over a compiled bundle: checks the input, evaluates the rules, combines their contributions. */
import type { Decision, Strategy } from '../core/acting.ts';
import { reasonOf } from '../core/errors.ts';
import { compileOptions, type OptionRules, oneOf } from '../core/options.ts';
import { openBundle, type PolicySource } from './bundle.ts';
import { combine, denied } from './combine.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { findInputFault } from './policy-input.ts';
import { readContributions } from './read-contributions.ts';
import { RegoEvaluator } from './rego-evaluator.ts';

export interface PolicyOptions {
  /** How contributions are combined into one decision; `deny_overrides` by default. */
  readonly strategy: Strategy;
}

const rules: OptionRules<PolicyOptions> = {
  strategy: oneOf('deny_overrides', ['deny_overrides', 'highest_tier']),
};

/** The part of the evaluator that is needed here. */
interface Evaluator {
  evaluate(input: object): unknown;
}

/**
 * Loads a bundle into an engine.
 * @param source `policies/` of this package, a folder of the same layout, or its contents
 * @throws PolicyBundleError, InvalidOptionError
 */
export async function loadPolicy(source: PolicySource, options: Partial<PolicyOptions> = {}): Promise<PolicyEngine> {
  const { strategy } = compileOptions('policy', rules, options);
  const bundle = await openBundle(source);
  return policyEngine(new RegoEvaluator(bundle), bundle.hash, strategy);
}

/** Builds an engine that always returns a decision, whatever the evaluator does. */
export function policyEngine(evaluator: Evaluator, bundle: string, strategy: Strategy): PolicyEngine {
  const decide = (input: unknown): Decision => {
    const fault = findInputFault(input);
    if (fault !== undefined) return denied(`the input cannot be judged: ${fault}`, bundle, strategy);
    const contributions = readContributions(evaluator.evaluate(input as object));
    if (contributions === undefined) {
      return denied('the policy gave no answer that can be understood', bundle, strategy);
    }
    return combine(contributions, strategy, bundle);
  };
  return {
    bundle,
    decide(input) {
      try {
        return decide(input);
      } catch (error) {
        return denied(`the policy could not be evaluated: ${reasonOf(error)}`, bundle, strategy);
      }
    },
  };
}
