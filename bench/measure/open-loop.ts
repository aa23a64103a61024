/**
 * Sends by the clock, not by completion: what is late is counted from when it was due, so a slow system cannot slow down the
 * measurement of itself (coordinated omission).
 *
 * Spins between sends: a timer is late by up to a millisecond, which would hide the differences that are looked for.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Schedule {
  readonly ratePerSecond: number;
  /** How many to send; ends earlier when `over` says so. */
  readonly count: number;
  readonly over?: () => boolean;
}

/**
 * Calls `send` with the number of each and when it was due, on the clock of `performance.now()`.
 * @returns how many were sent
 */
export async function openLoop(schedule: Schedule, send: (n: number, dueAt: number) => void): Promise<number> {
  const everyMs = 1000 / schedule.ratePerSecond;
  const startedAt = performance.now();
  let n = 0;
  while (n < schedule.count && schedule.over?.() !== true) {
    const now = performance.now();
    for (let dueAt = startedAt + n * everyMs; dueAt <= now && n < schedule.count; dueAt = startedAt + n * everyMs) {
      send(n++, dueAt);
    }
    await nextTurn();
  }
  return n;
}
