/** Models what is usual at present: the level of the last calm samples, its trend, its noise, its tolerated rise. */
import type { Sample } from '../metrics/sample.ts';
import type { DetectorOptions } from './detector-options.ts';
import { median, quantile, robustSpread } from './robust.ts';

export interface Baseline {
  /** The last calm samples, oldest first, without those of spikes. */
  readonly window: readonly Sample[];
  /** The deviations of the last calm samples from their expectation: the noise of a day, not only of the window. */
  readonly ripples: readonly number[];
  /** The level, recorded once per window: the usual value of the series. */
  readonly levels: readonly number[];
  /** Calm samples since the level was last recorded. */
  readonly unnoted: number;
}

export interface Band {
  /** The value expected of the next sample. */
  readonly level: number;
  /** The change of the level per sample. */
  readonly slope: number;
  /** The noise, as a standard deviation. */
  readonly spread: number;
  /** A value further than this above the level is a spike; one further than this below it, a drop. */
  readonly reach: number;
}

export const emptyBaseline: Baseline = Object.freeze({ window: [], ripples: [], levels: [], unnoted: 0 });

/** The third quartile of the absolute deviations of normal noise, in standard deviations. */
const normalThirdQuartile = 1.15;
/** With fewer samples in each half of the window, a trend cannot be distinguished from noise. */
const leastHalf = 6;

export function bandOf(baseline: Baseline, options: DetectorOptions): Band {
  const values = baseline.window.map((sample) => sample.value);
  const usual = median(baseline.levels);
  const slope = trend(values, options.minRise * Math.max(Math.abs(median(values)), Math.abs(usual)));
  const carried = values.map((value, place) => value + slope * (values.length - place));
  const level = median(carried);
  const spread = Math.max(robustSpread(carried, level), quantile(baseline.ripples, 0.75) / normalThirdQuartile);
  const reach = Math.max(
    options.minRise * Math.abs(level),
    options.minShare * Math.abs(usual),
    // few samples show little of their noise
    options.spreads * spread * (1 + 4 / Math.max(1, values.length)),
  );
  return { level, slope, spread, reach };
}

/** Extends the baseline by one calm sample, for which `band` was expected. */
export function extend(baseline: Baseline, sample: Sample, band: Band, options: DetectorOptions): Baseline {
  const { window, memory } = options;
  const note = baseline.unnoted + 1 >= window;
  return {
    window: last([...baseline.window, sample], window),
    ripples: last([...baseline.ripples, Math.min(band.reach, Math.abs(sample.value - band.level))], memory),
    levels: note ? last([...baseline.levels, band.level], Math.ceil(memory / window)) : baseline.levels,
    unnoted: note ? 0 : baseline.unnoted + 1,
  };
}

/** Keeps the noise, but restarts the level with these samples. */
export function reanchor(baseline: Baseline, samples: readonly Sample[]): Baseline {
  return { ...baseline, window: samples };
}

export function last<T>(items: readonly T[], count: number): readonly T[] {
  return items.length > count ? items.slice(items.length - count) : items;
}

/** Returns the change per sample from the medians of the older and the newer half; bounded to `most` over half a window, so that a step does not count as a slope. */
function trend(values: readonly number[], most: number): number {
  const half = Math.floor(values.length / 2);
  if (half < leastHalf) return 0;
  const rise = median(values.slice(-half)) - median(values.slice(0, half));
  return Math.max(-most / half, Math.min(most / half, rise / (values.length - half)));
}
