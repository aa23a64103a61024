/** How sensitive the spike detector is. Counts are in samples: the article's metrics come every five minutes. */
import { compileOptions, type OptionRules, quantity, whole } from '../../runtime/core/options.ts';

export interface DetectorOptions {
  readonly window: number;
  readonly warmUp: number;
  readonly minRise: number;
  readonly minShare: number;
  readonly spreads: number;
  readonly calmToEnd: number;
  readonly steadyToEnd: number;
  readonly adoptAfter: number;
  readonly remember: number;
  readonly memory: number;
  readonly habitBursts: number;
  readonly habitSpan: number;
}

const rules: OptionRules<DetectorOptions> = {
  /** Calm samples that make the level: three hours, so that a daily cycle is nearly a straight line in it. */
  window: whole(36, 4, 1_000, 'samples'),
  /** Samples before anything can be a spike. */
  warmUp: whole(5, 3, 1_000, 'samples'),
  /** The least rise that counts, of the level: below the article's 47 %, above what a steep morning adds. */
  minRise: quantity(0.35, 0.01, 100, 'shares of the level'),
  /** The least rise that counts, of what the series was worth in the last day: nights near zero stay quiet. */
  minShare: quantity(0.1, 0, 100, 'shares of the usual level'),
  /** The least rise that counts, in standard deviations of the noise. */
  spreads: quantity(5, 1, 100, 'standard deviations'),
  /** Samples near the old level, in a row, that end a spike. */
  calmToEnd: whole(2, 1, 100, 'samples'),
  /** Samples on a steady level less than half way up, in a row, that end a spike although the old level is not reached. */
  steadyToEnd: whole(4, 2, 100, 'samples'),
  /** A spike of so many samples is the new level. */
  adoptAfter: whole(48, 8, 10_000, 'samples'),
  /** How long a level that was left is remembered: coming back to it is no spike. */
  remember: whole(72, 1, 10_000, 'samples'),
  /** Calm samples whose noise and level are remembered: a day. */
  memory: whole(288, 24, 10_000, 'samples'),
  /** So many bursts before another one within `habitSpan` samples are a habit: one an hour, with an hour to spare. */
  habitBursts: whole(10, 3, 1_000, 'bursts'),
  habitSpan: whole(132, 3, 100_000, 'samples'),
};

/** @throws InvalidOptionError */
export function detectorOptions(given: Partial<DetectorOptions> = {}): DetectorOptions {
  return compileOptions('detector', rules, given);
}
