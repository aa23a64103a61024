/** A policy engine over a compiled bundle: checks the input, evaluates the rules, combines their contributions. */
import type { Decision, Strategy } from '../core/acting.ts';
import { reasonOf } from '../core/errors.ts';
import { compileOptions, type OptionRules, oneOf, whole } from '../core/options.ts';
import { openBundle, type PolicySource } from './bundle.ts';
import { combine, denied } from './combine.ts';
import { mostSteps } from './count-steps.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { PolicyLimitError } from './policy-errors.ts';
import { findInputFault } from './policy-input.ts';
import { readContributions } from './read-contributions.ts';
import { defaultLimits, type EvaluationLimits, RegoEvaluator } from './rego-evaluator.ts';

export interface PolicyOptions extends EvaluationLimits {
  /** How contributions are combined into one decision; `deny_overrides` by default. */
  readonly strategy: Strategy;
}

const rules: OptionRules<PolicyOptions> = {
  strategy: oneOf('deny_overrides', ['deny_overrides', 'highest_tier']),
  maxSteps: whole(defaultLimits.maxSteps, 100_000, mostSteps, 'steps'),
  memoryMiB: whole(defaultLimits.memoryMiB, 2, 1_024, 'MiB'),
};

/** The part of the evaluator that is needed here. */
interface Evaluator {
  evaluate(input: object): unknown;
}

/**
 * Loads a bundle into an engine.
 * @param source a folder of policies that was built, or the one file or the parts of one: by path, URL or content
 * @throws PolicyBundleError, InvalidOptionError
 */
export async function loadPolicy(source: PolicySource, options: Partial<PolicyOptions> = {}): Promise<PolicyEngine> {
  const { strategy, ...limits } = compileOptions('policy', rules, options);
  const bundle = await openBundle(source);
  return policyEngine(new RegoEvaluator(bundle, limits), bundle.hash, strategy);
}

/** Builds an engine that always returns a decision, whatever the evaluator does. */
export function policyEngine(evaluator: Evaluator, bundle: string, strategy: Strategy): PolicyEngine {
  let obstacle: string | undefined;
  const decide = (input: unknown): Decision => {
    const fault = findInputFault(input);
    if (fault !== undefined) return denied(`the input cannot be judged: ${fault}`, bundle, strategy);
    const contributions = readContributions(evaluator.evaluate(input as object));
    obstacle = undefined;
    if (contributions === undefined) {
      return denied('the policy gave no answer that can be understood', bundle, strategy);
    }
    return combine(contributions, strategy, bundle);
  };
  return {
    bundle,
    get obstacle() {
      return obstacle;
    },
    decide(input) {
      try {
        return decide(input);
      } catch (error) {
        const decision = denied(`the policy could not be evaluated: ${reasonOf(error)}`, bundle, strategy);
        if (!(error instanceof PolicyLimitError)) return decision;
        obstacle = `the latest act was denied unjudged: ${error.message}`;
        return { ...decision, error: error.code };
      }
    },
  };
}
