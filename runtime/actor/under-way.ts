/** What agents are doing just now: intents, hooks and timers, in the order in which they began. */
import type { Clock } from '../core/clock.ts';

export interface Doing {
  /** The agent. */
  readonly self: string;
}

export class UnderWay {
  readonly #clock: Clock;
  /** Monotonic: when each began. The first is the oldest. */
  readonly #begun = new Map<Doing, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(doing: Doing): void {
    this.#begun.set(doing, this.#clock.monotonic());
  }

  end(doing: Doing): void {
    this.#begun.delete(doing);
  }

  /** What has lasted longest. */
  get oldest(): { readonly agent: string; readonly ms: number } | undefined {
    for (const [{ self }, begunAt] of this.#begun) return { agent: self, ms: this.#clock.monotonic() - begunAt };
    return undefined;
  }
}
