/** Computes the effect of an offer to a part of a segment: pure arithmetic on its customers. */
import type { Customer } from './customers.ts';

/** A type, not an interface: it is JSON too. */
export type Offer = {
  /** From 0 to 1. */
  readonly discount: number;
  /** The number of customers who receive it: those most likely to leave. */
  readonly customers: number;
  /** USD over the quarter, if all of them accept it. */
  readonly cost: number;
  /** The churn of the whole segment, 0 to 1. */
  readonly churn: number;
  /** The revenue kept over a year for each USD of cost. */
  readonly roi: number;
};

const months = 3;
const keptMonths = 12;
/** Shares of the reachable customers, 0 to 1. */
const shares = [0.1, 0.2, 0.35, 0.5, 0.75, 1];

/** Returns offers of one discount to increasing shares of the reachable customers; none if no customer is reachable. */
export function offersAt(discount: number, segment: readonly Customer[], reachable: readonly Customer[]): Offer[] {
  if (reachable.length === 0) return [];
  return shares.map((share) => offerOf(discount, segment, reachable, share));
}

function offerOf(discount: number, segment: readonly Customer[], reachable: readonly Customer[], share: number): Offer {
  const likeliest = [...reachable].sort((a, b) => b.churn - a.churn || a.id - b.id);
  const reached = likeliest.slice(0, Math.round(share * likeliest.length));
  let [cost, kept, leaving] = [0, 0, 0];
  for (const { churn } of segment) leaving += churn;
  for (const { revenue, churn, priceSensitivity } of reached) {
    const saved = churn * Math.min(0.9, priceSensitivity * (discount / 0.1));
    cost += revenue * discount * months;
    kept += saved * revenue * keptMonths;
    leaving -= saved;
  }
  return {
    discount,
    customers: reached.length,
    // rounded up, so that a budget holds to the last cent
    cost: Math.ceil(cost),
    churn: rounded(leaving / segment.length),
    roi: cost === 0 ? 0 : rounded(kept / cost),
  };
}

/** Returns the share of customers who leave if nothing is done, 0 to 1. */
export function churnOf(segment: readonly Customer[]): number {
  return rounded(segment.reduce((sum, { churn }) => sum + churn, 0) / segment.length);
}

/** Rounds to a tenth of a percent, the precision of the data. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
