/**
 * Waits between tries of one thing: exponential with full jitter (Brooker, "Exponential Backoff And Jitter", 2015), capped, and
 * begun anew by a success. Shared by every loop that claims, connects or retries.
 */
import type { Random } from './random.ts';

export interface BackoffRule {
  /** Bound of the wait after the first failure, milliseconds. */
  readonly initialIntervalMs: number;
  /** No wait is longer, milliseconds. */
  readonly maxIntervalMs: number;
}

/** A restarted server is back within a fraction of a second; one that stays away is asked every 2.5 s on average. */
const defaultBackoff: BackoffRule = Object.freeze({ initialIntervalMs: 100, maxIntervalMs: 5_000 });

/**
 * The wait before the next try.
 * @param failures in a row, the last one included: from 1
 * @param random from 0 to 1
 * @returns whole milliseconds, at least 1
 */
export function backoffMs(rule: BackoffRule, failures: number, random: number): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 30);
  return Math.max(1, Math.round(random * Math.min(rule.maxIntervalMs, rule.initialIntervalMs * 2 ** doublings)));
}

/** The failures in a row of one loop: `await sleep(clock, backoff.nextMs(), signal)` after each, `reset()` after a success. */
export class Backoff {
  readonly #rule: BackoffRule;
  readonly #random: Random;
  #failures = 0;

  constructor(random: Random, rule: BackoffRule = defaultBackoff) {
    this.#random = random;
    this.#rule = rule;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure. @returns the wait before the next try, milliseconds */
  nextMs(): number {
    this.#failures++;
    return backoffMs(this.#rule, this.#failures, this.#random.next());
  }

  reset(): void {
    this.#failures = 0;
  }
}
