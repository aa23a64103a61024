/** What is usual just now: the level of the last calm samples, how they spread, and how far above is no longer usual. */
import type { Sample } from '../metrics/sample.ts';
import type { DetectorOptions } from './detector-options.ts';
import { median, quantile, robustSpread } from './robust.ts';

export interface Placed { readonly n: number; readonly sample: Sample }

export interface Baseline {
  /** The last calm samples, oldest first. */
  readonly window: readonly Placed[];
  /** How far each of the last calm samples was from the level before it: the noise of hours, not of minutes. */
  readonly ripples: readonly number[];
  /** The level, noted once per window: what the series is usually worth. */
  readonly levels: readonly number[];
  /** Calm samples since the level was last noted. */
  readonly unnoted: number;
}

/** The band of usual values around a baseline. */
export interface Band {
  readonly level: number;
  readonly spread: number;
  readonly slope: number;
  /** A value further than this above the level is a spike; one further below it is a drop. */
  readonly reach: number;
}

export const emptyBaseline: Baseline = Object.freeze({ window: [], ripples: [], levels: [], unnoted: 0 });

/** The third quartile of the absolute deviations of normal noise, in standard deviations. */
const normalThirdQuartile = 1.15;

export function bandOf(baseline: Baseline, now: number, options: DetectorOptions): Band {
  const { window } = baseline;
  const raw = window.map((p) => p.sample.value);
  const slope = slopeOf(baseline, raw, options);
  const values = raw.map((value, i) => value + slope * (raw.length - i));
  const level = median(values);
  const spread = Math.max(robustSpread(values, level), quantile(baseline.ripples, 0.75) / normalThirdQuartile);
  const reach = Math.max(
    options.minRise * Math.abs(level),
    options.minShare * Math.abs(median(baseline.levels)),
    // few samples say little about their spread
    options.spreads * spread * (1 + 4 / Math.max(1, values.length)),
  );
  return { level, spread, reach, slope };
}

/** The baseline with one more calm sample. */
export function extend(baseline: Baseline, n: number, sample: Sample, band: Band, options: DetectorOptions): Baseline {
  const note = baseline.unnoted + 1 >= options.window;
  return {
    window: last([...baseline.window, { n, sample }], options.window),
    ripples: last([...baseline.ripples, Math.min(band.reach, Math.abs(sample.value - band.level))], options.memory),
    levels: note ? last([...baseline.levels, band.level], Math.ceil(options.memory / options.window)) : baseline.levels,
    unnoted: note ? 0 : baseline.unnoted + 1,
  };
}

export function last<T>(items: readonly T[], count: number): readonly T[] {
  return items.length > count ? items.slice(items.length - count) : items;
}

function slopeOf(baseline: Baseline, raw: readonly number[], options: DetectorOptions): number {
  const half = Math.floor(raw.length / 2);
  if (half < 6) return 0;
  const old = median(raw.slice(0, half));
  const young = median(raw.slice(-half));
  const apart = raw.length - half;
  const scale = Math.max(Math.abs(median(raw)), Math.abs(median(baseline.levels)));
  const most = (options.minRise * scale) / half;
  return Math.max(-most, Math.min(most, (young - old) / apart));
}
