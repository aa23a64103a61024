/** What an offer to a part of a segment would do: pure arithmetic on its customers. */
import type { Customer } from './customers.ts';

export interface Offer {
  /** 0 to 1. */
  readonly discount: number;
  /** Customers it is made to: those most likely to leave. */
  readonly customers: number;
  /** USD over the quarter, to those who take it. */
  readonly cost: number;
  /** Of the whole segment, 0 to 1. */
  readonly churn: number;
  /** Revenue kept over a year for each USD of cost. */
  readonly roi: number;
}

const months = 3;
const keptMonths = 12;

/** @param share of the segment that it is made to, 0 to 1 */
export function offerOf(segment: readonly Customer[], discount: number, share: number): Offer {
  const likeliest = [...segment].sort((a, b) => b.churn - a.churn || a.id - b.id);
  const reached = likeliest.slice(0, Math.round(share * segment.length));
  let [cost, kept, leaving] = [0, 0, 0];
  for (const customer of segment) leaving += customer.churn;
  for (const { revenue, churn, priceSensitivity } of reached) {
    const saved = churn * Math.min(0.9, priceSensitivity * (discount / 0.1));
    cost += revenue * discount * months;
    kept += saved * revenue * keptMonths;
    leaving -= saved;
  }
  return {
    discount,
    customers: reached.length,
    cost: Math.round(cost),
    churn: round(leaving / segment.length),
    roi: cost === 0 ? 0 : round(kept / cost),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
