/** Formats throughput in the same way for every bench. */
import type { Spread } from '../measure/statistics.ts';
import type { ThroughputSummary } from '../measure/throughput-round.ts';
import type { Cell, Column } from './table.ts';

export const throughputColumns: readonly Column[] = [
  { title: 'intents/s' },
  { title: 'min' },
  { title: 'max' },
  { title: 'node µs', decimals: 1 },
  { title: 'server µs', decimals: 1 },
];

export function throughputCells({ rate, nodeUs, serverUs }: ThroughputSummary): readonly (number | null)[] {
  return [rate.median, rate.min, rate.max, nodeUs, serverUs];
}

export function throughputFields({ rate, nodeUs, serverUs }: ThroughputSummary): object {
  const tenths = (us: number): number => Math.round(us * 10) / 10;
  return {
    intents_per_s_median: Math.round(rate.median),
    min: Math.round(rate.min),
    max: Math.round(rate.max),
    node_us: tenths(nodeUs),
    server_us: serverUs === null ? null : tenths(serverUs),
  };
}

/** Divides the rate of this build by that of another build. */
export const comparisonColumns: readonly Column[] = [
  { title: '/ previous', decimals: 3 },
  { title: 'min', decimals: 3 },
  { title: 'max', decimals: 3 },
];

export function comparisonCells(against: Spread | undefined): readonly Cell[] {
  return against === undefined ? [null, null, null] : [against.median, against.min, against.max];
}

export function comparisonFields(against: Spread | undefined): object {
  if (against === undefined) return {};
  const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;
  return {
    by_previous_median: thousandths(against.median),
    by_previous_min: thousandths(against.min),
    by_previous_max: thousandths(against.max),
  };
}
