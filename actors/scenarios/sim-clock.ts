/** A clock with the date of the cloud and the timers of the machine: agents live in simulated time, the runtime in real time. */
import { type Clock, systemClock, type Timer } from '../../runtime/core/clock.ts';

export class SimClock implements Clock {
  #now: number;

  /** @param startAt milliseconds since 1970 */
  constructor(startAt: number) {
    this.#now = startAt;
  }

  set(now: number): void {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(ms: number, run: () => void): Timer {
    return systemClock.after(ms, run);
  }
}
