/** When a server that ended unasked is started again. */

const firstPauseMs = 100;
const longestPauseMs = 2_000;
const startsInARow = 10;

/**
 * How long to wait before the next start when so many in a row have failed; `undefined`: give up. A start that succeeds begins
 * a new row: a server that is killed again and again comes back every time.
 */
export function pauseBeforeStart(failuresInARow: number): number | undefined {
  if (failuresInARow >= startsInARow) return undefined;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** failuresInARow);
}
