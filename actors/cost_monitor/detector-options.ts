/** How sensitive the spike detector is. */
import { compileOptions, type OptionRules, quantity, whole } from '../../runtime/core/options.ts';

export interface DetectorOptions {
  /** Calm samples that make the baseline. */
  readonly window: number;
  /** Samples before anything can be a spike. */
  readonly warmUp: number;
  /** The least rise that counts, as a share of the level. */
  readonly minRise: number;
  /** The least rise that counts, as a share of what the series was usually worth. */
  readonly minShare: number;
  /** The least rise that counts, in spreads of the noise. */
  readonly spreads: number;
  /** Calm samples in a row that end a spike. */
  readonly calmToEnd: number;
  /** After so many samples a spike is the new level. */
  readonly adoptAfter: number;
  /** For how many samples a level that was left is remembered: a return to it is no news. */
  readonly remember: number;
  /** Calm samples whose noise and level are remembered. */
  readonly memory: number;
}

const rules: OptionRules<DetectorOptions> = {
  window: whole(36, 4, 1_000, 'samples'),
  warmUp: whole(5, 3, 1_000, 'samples'),
  minRise: quantity(0.35, 0.01, 100, 'shares of the level'),
  minShare: quantity(0.1, 0, 100, 'shares of the usual level'),
  spreads: quantity(5, 1, 100, 'spreads'),
  calmToEnd: whole(2, 1, 100, 'samples'),
  adoptAfter: whole(48, 4, 10_000, 'samples'),
  remember: whole(72, 1, 10_000, 'samples'),
  memory: whole(288, 24, 10_000, 'samples'),
};

/** @throws InvalidOptionError */
export function detectorOptions(given: Partial<DetectorOptions> = {}): DetectorOptions {
  return compileOptions('detector', rules, given);
}
