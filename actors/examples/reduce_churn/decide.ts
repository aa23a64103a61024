/** The pure decisions of `retention` about its offers. Types, not interfaces: they are JSON too. */
import type { Offer } from './offer.ts';

export type Limits = {
  /** From 0 to 1. */
  readonly max_discount: number;
  /** USD. */
  readonly budget_remaining: number;
};

export type Goal = {
  /** From 0 to 1. */
  readonly target_churn_rate: number;
  readonly min_roi: number;
};

/** A success criterion with its expected value. */
export type Criterion = {
  readonly name: keyof Goal;
  readonly wanted: number;
  readonly expected: number;
  readonly met: boolean;
};

export type Conclusion = {
  readonly outcome: 'planned' | 'unneeded' | 'escalated';
  /** The planned offer; after an escalation the nearest one within the limits, if there is one. */
  readonly offer: Offer | null;
  readonly success_criteria: readonly Criterion[];
  readonly rationale: string;
};

/** The knowledge at the end of a reasoning step. */
export type Known = {
  /** The share of customers who leave if nothing is done, 0 to 1. */
  readonly churn: number;
  /** The offers of this step; `considered` has those of all steps. */
  readonly offers: readonly Offer[];
  readonly considered: readonly Offer[];
  /** The laws to comply with that are unknown. */
  readonly unknownLaws: readonly string[];
  readonly isLastThought: boolean;
};

/** @returns `undefined` while further reasoning is useful */
export function conclude(known: Known, limits: Limits, goal: Goal): Conclusion | undefined {
  const { churn, offers, considered, unknownLaws, isLastThought } = known;
  const [target, ...rest] = measure({ churn, roi: 0 }, goal);
  if (target.met) {
    const rationale = `churn is ${churn} as it is, not above ${goal.target_churn_rate}: nothing has to be spent`;
    return { outcome: 'unneeded', offer: null, success_criteria: [target], rationale };
  }
  const offer = choose(offers, limits, goal);
  if (offer !== undefined) {
    const rationale = `${percent(offer.discount)} to the ${offer.customers} most likely to leave brings churn from ${churn} to ${offer.churn}, for ${offer.cost} USD`;
    return { outcome: 'planned', offer, success_criteria: measure(offer, goal), rationale };
  }
  if (!isLastThought && unknownLaws.length === 0) return undefined;
  const best = nearest(considered, limits) ?? null;
  return {
    outcome: 'escalated',
    offer: best,
    success_criteria: best === null ? [target, ...rest] : measure(best, goal),
    rationale: obstacle(known, limits, goal),
  };
}

/** Chooses the cheapest offer within the limits that meets every criterion. */
function choose(offers: readonly Offer[], limits: Limits, goal: Goal): Offer | undefined {
  const good = offers.filter((offer) => isWithin(offer, limits) && measure(offer, goal).every(({ met }) => met));
  return good.sort((a, b) => a.cost - b.cost)[0];
}

/** Finds the offer within the limits that is nearest to the goal: a starting point for a human. */
function nearest(offers: readonly Offer[], limits: Limits): Offer | undefined {
  return offers.filter((offer) => isWithin(offer, limits)).sort((a, b) => a.churn - b.churn || a.cost - b.cost)[0];
}

/** Explains why no offer is suitable, for display. */
function obstacle({ considered, unknownLaws }: Known, limits: Limits, goal: Goal): string {
  if (unknownLaws.length > 0) return `no rules are known for complying with ${unknownLaws.join(', ')}`;
  if (considered.length === 0) return 'no customer may receive an offer';
  const best = nearest(considered, limits);
  if (best === undefined) {
    const cheapest = considered.reduce((least, { cost }) => Math.min(least, cost), Number.POSITIVE_INFINITY);
    return `the cheapest offer costs ${cheapest} USD, the budget is ${limits.budget_remaining} USD`;
  }
  if (best.churn > goal.target_churn_rate) {
    return `within the limits churn comes down to ${best.churn}, not to ${goal.target_churn_rate}`;
  }
  return `what brings churn to ${goal.target_churn_rate} returns less than ${goal.min_roi} USD for each one spent`;
}

const isWithin = ({ discount, cost }: Offer, { max_discount, budget_remaining }: Limits): boolean =>
  discount <= max_discount && cost <= budget_remaining;

function measure({ churn, roi }: Pick<Offer, 'churn' | 'roi'>, goal: Goal): readonly [Criterion, Criterion] {
  const { target_churn_rate, min_roi } = goal;
  return [
    { name: 'target_churn_rate', wanted: target_churn_rate, expected: churn, met: churn <= target_churn_rate },
    { name: 'min_roi', wanted: min_roi, expected: roi, met: roi >= min_roi },
  ];
}

const percent = (part: number): string => `${Math.round(1000 * part) / 10} %`;
