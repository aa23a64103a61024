/** Checks the result of an evaluation: compiled policies are not typed. */
import type { Contribution } from '../core/acting.ts';
import { isObject } from '../core/json.ts';
import { isContribution } from './read-decision.ts';

/**
 * Reads the contributions of the rules.
 * @param result `[{result: [...]}]`; an empty list is Rego's "undefined"
 * @returns undefined when any part is not a contribution: an unreadable part might have been a deny
 */
export function readContributions(result: unknown): readonly Contribution[] | undefined {
  if (!Array.isArray(result) || result.length !== 1) return undefined;
  const [only] = result as readonly unknown[];
  if (!isObject(only) || !Array.isArray(only.result)) return undefined;
  const contributions: Contribution[] = [];
  for (const found of only.result as readonly unknown[]) {
    if (!isContribution(found)) return undefined;
    const { id, tier, effect, reason } = found;
    contributions.push({ id, tier, effect, reason });
  }
  return contributions;
}
