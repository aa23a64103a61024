/** The message ids that a stream remembers, and for how long: one window per stream, not per lane. */
import type { Clock } from '../../core/clock.ts';

interface Remembered {
  readonly seq: number;
  readonly until: number;
}

export class DedupeWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  /** In order of expiry. */
  readonly #ids = new Map<string, Remembered>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** The sequence under which the id was stored, unless the window has passed since. */
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
