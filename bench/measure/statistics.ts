/** Statistics of samples: median, spread, percentile, ratio. */
import { highest, lowest } from '../../runtime/core/extremes.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const upper = ascending.length >> 1;
  const middle = ascending.length % 2 === 1 ? [upper] : [upper - 1, upper];
  return middle.reduce((sum, i) => sum + at(ascending, i), 0) / middle.length;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: lowest(values), max: highest(values) };
}

/**
 * Returns the nearest-rank percentile: the smallest sample that `p` percent of all do not exceed. Exact, without interpolation.
 * @param ascending sorted samples
 */
export function percentile(ascending: ArrayLike<number>, p: number): number {
  const rank = Math.ceil((p * ascending.length) / 100 - roundingError);
  return at(ascending, Math.min(ascending.length, Math.max(1, rank)) - 1);
}

/** Corrects binary rounding: 99.9 % of 1,000 samples is the 999th. */
const roundingError = 1e-9;

/** Divides `value` by `base`; there is no ratio to zero. */
export function ratio(value: number, base: number): number {
  return base === 0 ? Number.NaN : value / base;
}

function at(values: ArrayLike<number>, i: number): number {
  const value = values[i];
  if (value === undefined) throw new RangeError('no samples: there is nothing to say of them');
  return value;
}
