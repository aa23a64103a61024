/**
 * Estimates how fast a series grows, with its certainty: ordinary least squares, with an interval that does not count the common
 * part of neighbouring samples as new information (Santer et al., "Statistical significance of trends and trend differences in
 * layer-average atmospheric temperature time series", J. Geophys. Res. 105 D6, 2000: residuals with autocorrelation r at lag 1
 * are worth n (1 - r) / (1 + r) independent ones).
 */

export interface Point {
  readonly minute: number;
  readonly value: number;
}

/** Per minute. */
export interface Slope {
  readonly perMinute: number;
  /** The ends of the interval that contains the true slope in 95 of 100 runs. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
  /** The equivalent number of independent samples. */
  readonly effective: number;
}

/** A line needs two samples; further ones show its uncertainty. */
const fewestSamples = 4;

/** Estimates the slope. @throws RangeError when there are too few samples */
export function slopeOf(points: readonly Point[]): Slope {
  const samples = points.length;
  if (samples < fewestSamples) throw new RangeError(`${samples} samples: a slope needs at least ${fewestSamples}`);
  const [minute, value] = [meanOf(points, 'minute'), meanOf(points, 'value')];
  const spread = sum(points.map((point) => (point.minute - minute) ** 2));
  const perMinute = sum(points.map((point) => (point.minute - minute) * (point.value - value))) / spread;
  const residuals = points.map((point) => point.value - value - perMinute * (point.minute - minute));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const effective = effectiveSamples(samples, autocorrelation(residuals, squares));
  const freedom = effective - 2;
  const margin = studentQuantile(freedom) * Math.sqrt(squares / freedom / spread);
  return { perMinute, low: perMinute - margin, high: perMinute + margin, samples, effective };
}

/** Converts the result to another unit. */
export function scaled(slope: Slope, factor: number): Slope {
  const [perMinute, low, high] = [slope.perMinute * factor, slope.low * factor, slope.high * factor];
  return { ...slope, perMinute, low, high };
}

/** Limits the number to that of the samples: alternating samples are not worth more. Keeps one degree of freedom at least. */
function effectiveSamples(samples: number, correlation: number): number {
  return Math.min(samples, Math.max(3, (samples * (1 - correlation)) / (1 + correlation)));
}

/**
 * Estimates the autocorrelation at lag 1, at least 0. A line fitted to a short series takes part of the common part of its samples
 * for a trend: on average (2 + 4 r) / n is missing (van Giersbergen, "On the effect of deterministic terms on the bias in stable AR
 * models", 2005).
 */
function autocorrelation(residuals: readonly number[], squares: number): number {
  if (squares === 0) return 0;
  const n = residuals.length;
  const found = sum(residuals.slice(1).map((residual, i) => residual * (residuals[i] ?? 0))) / squares;
  return n <= 4 ? 0 : Math.min(1, Math.max(0, (n * found + 2) / (n - 4)));
}

/** Student's t, exceeded by 2.5 %, by degrees of freedom; interpolated linearly in 1 / freedom. */
const quantiles: readonly (readonly [freedom: number, quantile: number])[] = [
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [6, 2.447],
  [8, 2.306],
  [10, 2.228],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2],
  [Number.POSITIVE_INFINITY, 1.96],
];

function studentQuantile(freedom: number): number {
  const above = quantiles.findIndex(([known]) => known >= freedom);
  const [upper, least] = quantiles[above] ?? [Number.POSITIVE_INFINITY, 1.96];
  const [lower, most] = quantiles[Math.max(0, above - 1)] ?? [upper, least];
  if (lower === upper) return least;
  return least + ((most - least) * (1 / freedom - 1 / upper)) / (1 / lower - 1 / upper);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const meanOf = (points: readonly Point[], of: keyof Point): number =>
  sum(points.map((point) => point[of])) / points.length;
