/** Combines the contributions of the rules into one decision. A pure function: equal contributions give equal decisions. */
import type { Contribution, Decision, Effect, Strategy } from '../core/acting.ts';

/** Ranks the effects; a higher number is stricter. */
const strictness: Readonly<Record<Effect, number>> = Object.freeze({ deny: 2, require_approval: 1, allow: 0 });

export function combine(found: readonly Contribution[], strategy: Strategy, bundle: string): Decision {
  const contributions = [...found].sort(
    (a, b) => b.tier - a.tier || compare(a.id, b.id) || compare(a.reason, b.reason),
  );
  const [first] = contributions;
  if (first === undefined) return denied('no rule allows it', bundle, strategy);
  const heard = strategy === 'highest_tier' ? contributions.filter(({ tier }) => tier === first.tier) : contributions;
  const effect = heard.reduce<Effect>(
    (strictest, one) => (strictness[one.effect] > strictness[strictest] ? one.effect : strictest),
    'allow',
  );
  const winners = heard.filter((one) => one.effect === effect);
  return {
    effect,
    reason: winners.map(({ reason }) => reason).join('; '),
    contributions,
    winners: winners.map(({ id }) => id),
    conflict: new Set(contributions.map((one) => one.effect)).size > 1,
    strategy,
    bundle,
  };
}

/** Makes a denial for the case that no rule contributed. */
export function denied(reason: string, bundle: string, strategy: Strategy): Decision {
  return { effect: 'deny', reason, contributions: [], winners: [], conflict: false, strategy, bundle };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
