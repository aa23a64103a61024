/** Bursts that come every hour are no news: only one that rises well above the others, or lasts much longer, is. */
import { highest } from '../../runtime/core/extremes.ts';
import { last } from './baseline.ts';
import type { DetectorOptions } from './detector-options.ts';

export interface Burst {
  /** The number of the sample that began it. */
  readonly began: number;
  readonly peak: number;
  /** In samples. */
  readonly length: number;
}

/** What a burst must exceed, in one of both, to be news. */
export interface Habit {
  readonly peak: number;
  readonly length: number;
}

/** Bursts are rare: every one is news. */
const none: Habit = Object.freeze({ peak: Number.NEGATIVE_INFINITY, length: 0 });
/** A burst of several times the usual length is another thing. */
const timesLonger = 3;

export function noteBurst(bursts: readonly Burst[], burst: Burst, options: DetectorOptions): readonly Burst[] {
  return last([...bursts, burst], options.habitBursts);
}

/** The habit of a series whose last bursts these are, for a burst that begins with sample `number`. */
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
