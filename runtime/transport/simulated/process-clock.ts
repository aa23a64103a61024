/** The clock of one simulated process: the common time, with timers that die with the process. */
import type { Clock, Timer } from '../../core/clock.ts';

export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;
  /** Timers that became due while the process was stopped. */
  #late: (() => void)[] | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, run: () => void): Timer {
    if (this.#dead) return { cancel: () => undefined };
    let cancelled = false;
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      if (this.#late === undefined) run();
      else this.#late.push(() => (cancelled ? undefined : run()));
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
        this.#timers.delete(timer);
      },
    };
  }

  /** Stops the process (SIGSTOP). Its monotonic time continues. */
  freeze(): void {
    this.#late ??= [];
  }

  thaw(): void {
    const late = this.#late ?? [];
    this.#late = undefined;
    for (const run of late) run();
  }

  /** Ends the process: no timer fires or starts any more. */
  kill(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#late = undefined;
  }
}
