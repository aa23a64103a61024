/** Formats latencies in the same way for every bench. */
import type { LatencySummary } from '../measure/latencies.ts';
import type { Column } from './table.ts';

export const latencyColumns: readonly Column[] = [
  { title: 'p50 ms', decimals: 3 },
  { title: 'p99 ms', decimals: 3 },
  { title: 'p99.9 ms', decimals: 3 },
  { title: 'max ms', decimals: 1 },
];

export function latencyCells({ p50, p99, p999, max }: LatencySummary): readonly number[] {
  return [p50, p99, p999, max];
}

export function latencyFields({ p50, p99, p999, max }: LatencySummary): object {
  const microseconds = (ms: number): number => Math.round(ms * 1000) / 1000;
  return {
    p50_ms: microseconds(p50),
    p99_ms: microseconds(p99),
    p999_ms: microseconds(p999),
    max_ms: microseconds(max),
  };
}
