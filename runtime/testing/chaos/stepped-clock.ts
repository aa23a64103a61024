/** The clock of the machine with a step: its wall clock is wrong by an offset, its monotonic clock is right. */
import { type Clock, systemClock, type Timer } from '../../core/clock.ts';

export class SteppedClock implements Clock {
  readonly #of: Clock;
  #offsetMs = 0;

  constructor(of: Clock = systemClock) {
    this.#of = of;
  }

  step(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  now(): number {
    return this.#of.now() + this.#offsetMs;
  }

  monotonic(): number {
    return this.#of.monotonic();
  }

  after(ms: number, run: () => void): Timer {
    return this.#of.after(ms, run);
  }
}
