/** One timer for the earliest of many deadlines: a timer per send would cost more than the send. */
import type { Clock, Timer } from '../core/clock.ts';

/** Interval of the sweep: the longest delay between a deadline and its report to the caller. */
const sweepMs = 50;

export class DeadlineSweep {
  readonly #clock: Clock;
  readonly #sweep: (now: number) => number;
  /** The earliest deadline, at the latest. Monotonic. */
  #at = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  /** @param sweep handles what is due at `now`, and returns the earliest remaining deadline, or infinity */
  constructor(clock: Clock, sweep: (now: number) => number) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** Hot path: one comparison. Times are monotonic. */
  expect(deadline: number, now: number): void {
    if (deadline < this.#at) this.#setTimer(deadline, now);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #setTimer(at: number, now: number): void {
    this.#timer?.cancel();
    this.#at = at;
    this.#timer = this.#clock.after(Math.max(0, at - now), () => this.#run());
  }

  #run(): void {
    const now = this.#clock.monotonic();
    this.stop();
    const earliest = this.#sweep(now);
    if (earliest !== Number.POSITIVE_INFINITY) this.expect(Math.max(earliest, now + sweepMs), now);
  }
}
