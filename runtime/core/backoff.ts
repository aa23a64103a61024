/**
 * Backoff between retries: exponential with full jitter (Brooker, "Exponential Backoff And Jitter", 2015), capped, reset by a
 * success. Shared by every loop that claims, connects or retries.
 */
import type { Random } from './random.ts';

export interface BackoffRule {
  /** Upper bound of the wait after the first failure, milliseconds. */
  readonly initialIntervalMs: number;
  /** Upper bound of every wait, milliseconds. */
  readonly maxIntervalMs: number;
}

/** A restarted server is back within a fraction of a second; an unavailable one gets a request every 2.5 s on average. */
const defaultBackoff: BackoffRule = Object.freeze({ initialIntervalMs: 100, maxIntervalMs: 5_000 });

/**
 * Computes the wait before the next retry.
 * @param failures consecutive failures, including the last one: from 1
 * @param random from 0 to 1
 * @returns whole milliseconds, at least 1
 */
export function backoffMs(rule: BackoffRule, failures: number, random: number): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 30);
  return Math.max(1, Math.round(random * Math.min(rule.maxIntervalMs, rule.initialIntervalMs * 2 ** doublings)));
}

/**
 * Counts the consecutive failures of one loop: call `await sleepUnlessAborted(clock, backoff.nextMs(), signal)` after each failure and
 * `reset()` after a success.
 */
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

  /** Counts a failure. @returns the wait before the next retry, milliseconds */
  nextMs(): number {
    this.#failures++;
    return backoffMs(this.#rule, this.#failures, this.#random.next());
  }

  reset(): void {
    this.#failures = 0;
  }
}
