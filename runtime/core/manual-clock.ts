/** A clock that moves when it is told to: for tests, simulations and replays. */
import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  readonly #start: number;
  readonly #timers = new Set<Pending>();
  #elapsed = 0;
  #order = 0;

  constructor(startMs: number = 1_700_000_000_000) {
    this.#start = startMs;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Timers that are waiting: a test that leaves some has leaked them. */
  get pending(): number {
    return this.#timers.size;
  }

  after(ms: number, run: () => void): Timer {
    const timer: Pending = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** When the next timer is due, in milliseconds from now; `undefined` without one. */
  nextIn(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.due - this.#elapsed;
  }

  /** Moves time on, firing what becomes due in order of time, ties in order of creation. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (let next = this.#next(); next !== undefined && next.due <= until; next = this.#next()) {
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.run();
    }
    this.#elapsed = until;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }
}
