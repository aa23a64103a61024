/** Finds the bottleneck that a spike indicates, from the shape of the load. A pure function of its numbers. */

/** Observed numbers of the load, in the unit of the metric unless stated otherwise. */
export interface Observation {
  readonly value: number;
  readonly expected: number;
  readonly noise: number;
  /** Growth over the time before the spike, in percent of `expected`. */
  readonly trendPct: number;
  readonly highestBefore: number | undefined;
  /** The load at which the service is saturated, if known. */
  readonly capacity: number | undefined;
}

type Bottleneck = 'saturation' | 'sustained_growth' | 'recurring_burst' | 'unprecedented_burst';
type Remedy = 'scale_out' | 'enable_rate_limiting' | 'reserve_capacity';

export interface Finding {
  readonly bottleneck: Bottleneck;
  /** 0 to 1. */
  readonly confidence: number;
  /** For display: each names the numbers that it is based on. */
  readonly evidence: readonly string[];
  /** The best first. */
  readonly remedies: readonly Remedy[];
}

/** From this share of the capacity on, queues grow faster than the load. */
const saturatedFrom = 0.9;
/** Growth over the window that a burst alone does not explain. */
const growthPct = 15;

const remediesFor: Readonly<Record<Bottleneck, readonly Remedy[]>> = Object.freeze({
  saturation: ['scale_out', 'enable_rate_limiting'],
  sustained_growth: ['scale_out', 'reserve_capacity', 'enable_rate_limiting'],
  recurring_burst: ['scale_out', 'enable_rate_limiting'],
  unprecedented_burst: ['enable_rate_limiting', 'scale_out'],
});

export function findBottleneck(seen: Observation): Finding {
  const { bottleneck, reason } = classify(seen);
  const evidence = [`${number(seen.value)} where ${number(seen.expected)} was expected`, reason];
  const deviations = seen.noise > 0 ? (seen.value - seen.expected) / seen.noise : Number.POSITIVE_INFINITY;
  if (Number.isFinite(deviations)) evidence.push(`${number(deviations)} standard deviations of its noise`);
  return { bottleneck, confidence: confidenceOf(deviations), evidence, remedies: remediesFor[bottleneck] };
}

function classify(seen: Observation): { readonly bottleneck: Bottleneck; readonly reason: string } {
  const { value, capacity, trendPct, highestBefore } = seen;
  if (capacity !== undefined && value >= saturatedFrom * capacity) {
    const percent = number((100 * value) / capacity);
    return { bottleneck: 'saturation', reason: `${percent} % of the capacity of ${number(capacity)} is in use` };
  }
  if (trendPct >= growthPct) {
    return { bottleneck: 'sustained_growth', reason: `the load had grown by ${number(trendPct)} % before` };
  }
  if (highestBefore !== undefined && value <= highestBefore) {
    return { bottleneck: 'recurring_burst', reason: `it has carried ${number(highestBefore)} before` };
  }
  const record = highestBefore === undefined ? 'nothing' : `never more than ${number(highestBefore)}`;
  return { bottleneck: 'unprecedented_burst', reason: `it has carried ${record} before, and was not growing` };
}

/** Returns one half for a deviation that noise could explain, approaching 1 with its distance from noise. */
function confidenceOf(deviations: number): number {
  const share = 1 - 0.5 * Math.exp(-Math.max(0, deviations) / 10);
  return Math.min(0.99, Math.round(share * 100) / 100);
}

/** Formats three significant digits, enough for a reader. */
function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
