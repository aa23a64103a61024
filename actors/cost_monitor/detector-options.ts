/** Options of the spike detector. Counts are in samples: the article's metrics arrive every five minutes. */
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
  /** The calm samples of the level: three hours, so that a daily cycle is nearly linear in it. */
  window: whole(36, 4, 1_000, 'samples'),
  /** The samples before the first possible spike. */
  warmUp: whole(5, 3, 1_000, 'samples'),
  /** The least rise of a spike, relative to the level: below the article's 47 %, above a steep morning. */
  minRise: quantity(0.35, 0.01, 100, 'shares of the level'),
  /** The least rise of a spike, relative to the usual level of the last day: nights near zero stay quiet. */
  minShare: quantity(0.1, 0, 100, 'shares of the usual level'),
  /** The least rise of a spike, in standard deviations of the noise. */
  spreads: quantity(5, 1, 100, 'standard deviations'),
  /** The samples in a row near the old level that end a spike. */
  calmToEnd: whole(2, 1, 100, 'samples'),
  /** The samples in a row on a steady level, less than half way up, that end a spike although the old level is not reached. */
  steadyToEnd: whole(4, 2, 100, 'samples'),
  /** A spike of this length becomes the new level. */
  adoptAfter: whole(48, 8, 10_000, 'samples'),
  /** How long a former level is remembered: a return to it is not a spike. */
  remember: whole(72, 1, 10_000, 'samples'),
  /** The calm samples whose noise and level are remembered: a day. */
  memory: whole(288, 24, 10_000, 'samples'),
  /** Bursts within `habitSpan` samples that make further bursts a habit: one per hour, with one hour to spare. */
  habitBursts: whole(10, 3, 1_000, 'bursts'),
  habitSpan: whole(132, 3, 100_000, 'samples'),
};

/** Checks options, fills in defaults. @throws InvalidOptionError */
export function detectorOptions(given: Partial<DetectorOptions> = {}): DetectorOptions {
  return compileOptions('detector', rules, given);
}
