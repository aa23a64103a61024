/** The window of message ids that a stream remembers: one per stream, not per lane. */
import type { Clock } from '../../core/clock.ts';

interface Remembered {
  readonly seq: number;
  readonly until: number;
}

export class DedupeWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  /** The ids in order of expiry. */
  readonly #ids = new Map<string, Remembered>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Returns the sequence under which the id was stored, unless its window has passed. */
  find(id: string): number | undefined {
    const now = this.#clock.monotonic();
    for (const [old, { until }] of this.#ids) {
      if (until > now) break;
      this.#ids.delete(old);
    }
    return this.#ids.get(id)?.seq;
  }

  remember(id: string, seq: number): void {
    this.#ids.set(id, { seq, until: this.#clock.monotonic() + this.#windowMs });
  }
}
