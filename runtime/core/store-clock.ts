/**
 * The store's clock, estimated from its answers (Cristian's algorithm). The store wrote an answer between its question and its
 * arrival, so the quickest of the last answers gives the best estimate. Between answers the local monotonic clock continues, so
 * steps of the local wall clock change nothing.
 */
import type { Clock } from './clock.ts';

interface Sample {
  /** The store's time minus the local monotonic time, milliseconds. */
  readonly offset: number;
  /** Upper bound of the error, milliseconds. */
  readonly errorMs: number;
}

/** One sample a second: a clock drifts less than a millisecond in that time. */
const kept = 8;
/** Allowed drift between two samples. */
const driftMs = 5;

export class StoreClock {
  readonly #clock: Clock;
  #samples: Sample[] = [];
  #best: Sample | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param askedAt monotonic, as is `answeredAt`; @param time the store's clock in between, since 1970 */
  observe(askedAt: number, answeredAt: number, time: number): void {
    if (!Number.isFinite(time)) return;
    const sample = { offset: time - (askedAt + answeredAt) / 2, errorMs: (answeredAt - askedAt) / 2 };
    // contradicting samples: the store's clock was set, or another server answers now
    if (this.#best !== undefined && !agree(this.#best, sample)) this.#samples = [];
    this.#samples.push(sample);
    if (this.#samples.length > kept) this.#samples.shift();
    this.#best = this.#samples.reduce((best, other) => (other.errorMs < best.errorMs ? other : best));
  }

  /** Drops the samples after a lost connection: another server may answer next, and the machine may have slept. */
  forget(): void {
    this.#samples = [];
    this.#best = undefined;
  }

  get isKnown(): boolean {
    return this.#best !== undefined;
  }

  /** Minimum age in milliseconds; 0 while the store's time is unknown, so that nothing expires on a guess. */
  ageOf(storedAt: number): number {
    if (this.#best === undefined || !Number.isFinite(storedAt)) return 0;
    const { offset, errorMs } = this.#best;
    return Math.max(0, this.#clock.monotonic() + offset - errorMs - storedAt);
  }

  /** How far the store's clock is ahead of the local wall clock, beyond what a slow answer explains; `undefined`: unknown. */
  get skewMs(): number | undefined {
    if (this.#best === undefined) return undefined;
    const { offset, errorMs } = this.#best;
    const skew = this.#clock.monotonic() + offset - this.#clock.now();
    return Math.sign(skew) * Math.max(0, Math.abs(skew) - errorMs);
  }
}

const agree = (a: Sample, b: Sample): boolean => Math.abs(a.offset - b.offset) <= a.errorMs + b.errorMs + driftMs;
