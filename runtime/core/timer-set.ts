/** The timers of one component, which end with it. */
import type { Clock, Timer } from './clock.ts';

/** A timer of Node lasts at most 24.8 days. */
const longestMs = 3_600_000;

export class TimerSet {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `run` after `ms`, or after an hour if that is earlier: a caller with a longer wait checks again. Never after `stop`.
   */
  after(ms: number, run: () => void): void {
    if (this.#stopped) return;
    const timer = this.#clock.after(Math.min(ms, longestMs), () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
