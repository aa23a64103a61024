/** Recognises bursts that recur: such a burst is reported only if it rises well above the others, or lasts much longer. */
import { highest } from '../../runtime/core/extremes.ts';
import { last } from './baseline.ts';
import type { DetectorOptions } from './detector-options.ts';

export interface Burst {
  /** The number of its first sample. */
  readonly began: number;
  readonly peak: number;
  /** The length in samples. */
  readonly length: number;
}

/** The limits of a habit: a burst above one of them is reported. */
export interface Habit {
  readonly peak: number;
  readonly length: number;
}

/** The habit of a series with rare bursts: every burst is reported. */
const none: Habit = Object.freeze({ peak: Number.NEGATIVE_INFINITY, length: 0 });
/** A burst of several times the usual length is not part of the habit. */
const timesLonger = 3;

export function noteBurst(bursts: readonly Burst[], burst: Burst, options: DetectorOptions): readonly Burst[] {
  return last([...bursts, burst], options.habitBursts);
}

/** Returns the habit of a series, from its last bursts, for a burst that begins with sample `number`. */
export function habitOf(bursts: readonly Burst[], number: number, options: DetectorOptions): Habit {
  const oldest = bursts[0];
  if (oldest === undefined || bursts.length < options.habitBursts) return none;
  if (number - oldest.began > options.habitSpan) return none;
  const peak = highest(bursts.map((burst) => burst.peak));
  const length = highest(bursts.map((burst) => burst.length));
  return { peak: peak + options.minRise * Math.abs(peak), length: timesLonger * length };
}

export function isNews(burst: { readonly peak: number; readonly length: number }, habit: Habit): boolean {
  return burst.peak > habit.peak || burst.length > habit.length;
}
