/** Refuses a series in which samples are missing: a load that is made up would decide what the agents do. */
import { MetricsFileError } from './metrics-file-error.ts';
import type { MetricsSeries } from './series.ts';

/** @throws MetricsFileError with the line after the longest gap */
export function refuseGaps({ name, irregularities }: MetricsSeries): void {
  const { gaps, longestGap } = irregularities;
  if (longestGap === undefined) return;
  const count = gaps === 1 ? 'samples are missing' : `samples are missing at ${gaps} places, here at most`;
  throw new MetricsFileError(
    name,
    longestGap.line,
    `${count}: nothing for ${Math.round(longestGap.ms / 60_000)} minutes before it; fill the gap, cut the file there, or add --hold-gaps to repeat the value before`,
  );
}
