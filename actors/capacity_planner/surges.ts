/** Analyses surges of load: the length of earlier ones shows whether it is worth answering one that has just begun. */
import { highest } from '../../runtime/core/extremes.ts';
import { bootTicks } from '../cloud/catalogue.ts';

/** A surge is load above twice the usual, and above a quarter of the highest. */
const timesUsual = 2;
const shareOfHighest = 0.25;
/** The number of known surges that a prediction needs. */
const knownSurges = 2;
/** The ticks from detection until new instances serve: one tick to decide, plus the time to boot. */
const answerTicks = 1 + bootTicks;

/**
 * Detects a surge that will pass by itself.
 * @param loads oldest first, now last
 * @returns the length of a surge that will be over before an answer could take effect, as all earlier ones were; else 0
 */
export function passingSurge(loads: readonly number[]): number {
  const lengths = surgeLengths(loads);
  const current = lengths.at(-1) ?? 0;
  const before = lengths.slice(0, -1).filter((length) => length > 0);
  if (current === 0 || current > answerTicks || before.length < knownSurges) return 0;
  return before.every((length) => length <= answerTicks) ? current : 0;
}

/** Returns the length of each surge, oldest first; the last is the present one, 0 when there is none. */
function surgeLengths(loads: readonly number[]): readonly number[] {
  const usual = [...loads].sort((a, b) => a - b)[loads.length >> 1] ?? 0;
  const above = Math.max(timesUsual * usual, shareOfHighest * Math.max(0, highest(loads)));
  const lengths = [0];
  for (const load of loads) {
    if (load > above) lengths.push((lengths.pop() ?? 0) + 1);
    else if (lengths.at(-1) !== 0) lengths.push(0);
  }
  return lengths;
}
