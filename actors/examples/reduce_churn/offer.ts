/** What an offer to a part of a segment would do: pure arithmetic on its customers. */
import type { Customer } from './customers.ts';

/** A type, not an interface: it is JSON too. */
export type Offer = {
  /** 0 to 1. */
  readonly discount: number;
  /** Customers it is made to: those most likely to leave. */
  readonly customers: number;
  /** USD over the quarter, if all of them take it. */
  readonly cost: number;
  /** Of the whole segment, 0 to 1. */
  readonly churn: number;
  /** Revenue kept over a year for each USD of cost. */
  readonly roi: number;
};

const months = 3;
const keptMonths = 12;
/** Parts of those who may be reached, 0 to 1. */
const shares = [0.1, 0.2, 0.35, 0.5, 0.75, 1];

/** One discount, made to ever more of those who may be reached; none if that is nobody. */
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
    // upwards: a budget is kept to also by the last cent
    cost: Math.ceil(cost),
    churn: rounded(leaving / segment.length),
    roi: cost === 0 ? 0 : rounded(kept / cost),
  };
}

/** How many leave if nothing is done, 0 to 1. */
export function churnOf(segment: readonly Customer[]): number {
  return rounded(segment.reduce((sum, { churn }) => sum + churn, 0) / segment.length);
}

/** To a tenth of a percent: more is not known of customers. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
