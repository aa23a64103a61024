/** Which bottleneck a spike points to, from the shape of the load. A function of its numbers. */

/** What was seen of the load; in the unit of the metric where nothing else is said. */
export interface Observation {
  readonly value: number;
  readonly expected: number;
  readonly noise: number;
  /** Growth over the time before the spike, in percent of `expected`. */
  readonly trendPct: number;
  readonly highestBefore: number | undefined;
  /** Where the service is saturated, if that is known. */
  readonly capacity: number | undefined;
}

type Bottleneck = 'saturation' | 'sustained_growth' | 'recurring_burst' | 'unprecedented_burst';
type Remedy = 'scale_out' | 'enable_rate_limiting' | 'reserve_capacity';

export interface Finding {
  readonly bottleneck: Bottleneck;
  /** 0 to 1. */
  readonly confidence: number;
  /** For people: each names the numbers it rests on. */
  readonly evidence: readonly string[];
  /** The best first. */
  readonly remedies: readonly Remedy[];
}

/** From this share of the capacity on, queues grow faster than the load. */
const saturatedFrom = 0.9;
/** Growth over the window that a burst on top does not explain. */
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

/** From one half for what noise might have done, towards certainty the further it is from that. */
function confidenceOf(deviations: number): number {
  const share = 1 - 0.5 * Math.exp(-Math.max(0, deviations) / 10);
  return Math.min(0.99, Math.round(share * 100) / 100);
}

/** Three significant digits are enough for a reader. */
function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
