/**
 * Sends by the clock, not by completion: what is late is counted from when it was due, so a slow system cannot slow down the
 * measurement of itself (coordinated omission).
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/**
 * - `spin`: sends to the microsecond, and keeps a core busy. A timer is late by up to a millisecond, which would hide what is
 *   looked for where that is less.
 * - `timer`: leaves the cores to whatever else is measured.
 */
export type Pace = 'spin' | 'timer';

export interface Schedule {
  readonly pace: Pace;
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
    await (schedule.pace === 'spin' ? nextTurn() : sleep(1));
  }
  return n;
}
