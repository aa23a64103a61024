/** Surges of load: how long those before have lasted says whether it is worth answering the one that has just begun. */
import { highest } from '../../runtime/core/extremes.ts';
import { bootTicks } from '../cloud/catalogue.ts';

/** A surge is load above twice the usual, and above a quarter of the highest. */
const timesUsual = 2;
const shareOfHighest = 0.25;
/** Surges of which one must know before one can say how they go. */
const knownSurges = 2;
/** From being seen to having instances that serve: a tick to decide, and the time to boot. */
const answerTicks = 1 + bootTicks;

/**
 * @param loads oldest first, now last
 * @returns how many of the last readings are a surge that will be over, as all before it were, before it could be answered; else 0
 */
export function passingSurge(loads: readonly number[]): number {
  const lengths = surgeLengths(loads);
  const current = lengths.at(-1) ?? 0;
  const before = lengths.slice(0, -1).filter((length) => length > 0);
  if (current === 0 || current > answerTicks || before.length < knownSurges) return 0;
  return before.every((length) => length <= answerTicks) ? current : 0;
}

/** Of each surge, oldest first; the last is that of now, 0 when there is none. */
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
