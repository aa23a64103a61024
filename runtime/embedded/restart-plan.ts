/** Decides when a server that ended unexpectedly is restarted. */

const firstPauseMs = 100;
const longestPauseMs = 2_000;
const startsInARow = 10;

/**
 * Returns the delay before the next start after so many failures in a row; `undefined`: give up. A successful start resets the
 * count: a server that is killed repeatedly comes back every time.
 */
export function pauseBeforeStart(failuresInARow: number): number | undefined {
  if (failuresInARow >= startsInARow) return undefined;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** failuresInARow);
}
