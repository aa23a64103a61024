/**
 * Sends by the clock instead of by completion: lateness counts from the due time, so that a slow system cannot slow down its own
 * measurement (coordinated omission).
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/**
 * - `spin`: sends to the microsecond, at the cost of a busy core. A timer is late by up to a millisecond, which would hide shorter
 *   latencies.
 * - `timer`: leaves the cores to the other measured processes.
 */
export type Pace = 'spin' | 'timer';

export interface Schedule {
  readonly pace: Pace;
  readonly ratePerSecond: number;
  /** The number of sends; fewer when `over` ends the loop. */
  readonly count: number;
  readonly over?: () => boolean;
}

/**
 * Calls `send` with the number and the due time of each, on the clock of `performance.now()`.
 * @returns the number of sends
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
