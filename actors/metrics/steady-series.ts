/** A recorded series resampled to a steady beat: a simulated cloud advances in equal steps. */
import { MetricsFileError } from './metrics-file-error.ts';
import type { Sample } from './sample.ts';
import type { MetricsSeries } from './series.ts';

export interface SteadySeries {
  /** One value per beat, from the first sample on. */
  readonly values: readonly number[];
  /** Beats without a sample: they repeat the value before. */
  readonly held: number;
  /** Beats with several samples: they have their mean. */
  readonly averaged: number;
}

/**
 * Resamples a series; a sample belongs to the nearest beat.
 * @param most the number of beats that are wanted
 * @throws MetricsFileError for more beats than `limit`
 */
export function steadySeries(series: MetricsSeries, stepMs: number, most: number, limit: number): SteadySeries {
  const start = series.samples[0]?.at ?? 0;
  const values: number[] = [];
  let [held, averaged, inBeat] = [0, 0, 0];
  for (const sample of series.samples) {
    const beat = Math.round((sample.at - start) / stepMs);
    if (beat >= most) {
      held += fill(values, most);
      break;
    }
    if (beat >= limit) throw tooLong(series, sample, stepMs, limit);
    if (beat === values.length - 1) {
      if (inBeat === 1) averaged += 1;
      inBeat += 1;
      const mean = values[beat] ?? 0;
      values[beat] = mean + (sample.value - mean) / inBeat;
      continue;
    }
    held += fill(values, beat);
    values.push(sample.value);
    inBeat = 1;
  }
  return { values, held, averaged };
}

/** Repeats the last value up to a count. @returns the number of repetitions */
function fill(values: number[], count: number): number {
  const missing = count - values.length;
  const before = values.at(-1) ?? 0;
  for (let n = 0; n < missing; n++) values.push(before);
  return Math.max(0, missing);
}

function tooLong({ name }: MetricsSeries, { line }: Sample, stepMs: number, limit: number): MetricsFileError {
  return new MetricsFileError(
    name,
    line,
    `it spans more than ${limit} steps of ${stepMs / 1000} s: cut it into several files`,
  );
}
