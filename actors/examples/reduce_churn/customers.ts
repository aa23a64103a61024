/** A small table of customers: their revenue, their risk of leaving, their consent to messages. */

export interface Customer {
  readonly id: number;
  /** USD a month. */
  readonly revenue: number;
  /** The probability of leaving within the quarter, 0 to 1. */
  readonly churn: number;
  /** The share of that risk that a discount of 10 % removes, 0 to 1: some leave for the price, others regardless of it. */
  readonly priceSensitivity: number;
  /** Consents to offers that are selected by personal data. */
  readonly consented: boolean;
  readonly unsubscribed: boolean;
}

/** Returns a segment by name. The data are generated from the position in the table: they describe no real person. */
export function customersOf(segment: string): readonly Customer[] | undefined {
  if (!Object.hasOwn(segments, segment)) return undefined;
  const shape = segments[segment] as Segment;
  return Array.from({ length: shape.size }, (_, n) => {
    const spread = ((n * 7_919) % 101) / 100;
    return {
      id: n + 1,
      revenue: Math.round(shape.revenue * (0.5 + spread)),
      churn: Math.min(0.95, shape.churn * (0.4 + 1.2 * (((n * 104_729) % 97) / 96))),
      priceSensitivity: shape.sensitivity * (0.5 + ((n * 1_299_709) % 89) / 88),
      consented: (n * 611_953) % 13 !== 0,
      unsubscribed: (n * 350_377) % 17 === 0,
    };
  });
}

interface Segment {
  readonly size: number;
  readonly revenue: number;
  readonly churn: number;
  readonly sensitivity: number;
}

const segments: Readonly<Record<string, Segment>> = Object.freeze({
  high_value_churners: { size: 400, revenue: 180, churn: 0.23, sensitivity: 0.45 },
  occasional: { size: 900, revenue: 25, churn: 0.3, sensitivity: 0.3 },
  loyal: { size: 600, revenue: 90, churn: 0.04, sensitivity: 0.1 },
});

export const segmentNames: readonly string[] = Object.keys(segments);
