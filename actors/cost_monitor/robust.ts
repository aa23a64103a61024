/** Robust statistics: a few extreme samples do not move them. */

/** Makes a median absolute deviation comparable with a standard deviation of normally distributed noise. */
const normalMad = 1.4826;

/** Returns the value below which the share `q` (0 to 1) of `values` lies, interpolated; 0 for no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns the spread of `values` around `centre`, on the scale of a standard deviation. */
export function robustSpread(values: readonly number[], centre: number): number {
  return normalMad * median(values.map((value) => Math.abs(value - centre)));
}
