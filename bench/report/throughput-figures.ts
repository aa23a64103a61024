/** How throughput is shown, by every bench that measures some. */
import type { ThroughputSummary } from '../measure/throughput-round.ts';
import type { Column } from './table.ts';

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
