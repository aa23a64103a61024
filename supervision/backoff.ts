/** How long to wait before the next restart: exponential, with full jitter (Brooker, "Exponential Backoff And Jitter", 2015). */
import type { RestartRule } from '../runtime/core/supervision.ts';

/** `initialIntervalMs` is the upper bound of the wait before the second restart; the first restart is immediate. */
export type BackoffRule = Pick<RestartRule, 'initialIntervalMs' | 'maxIntervalMs'>;

/**
 * @param restarts number of restarts within the period, including this one: from 1
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backoffMs({ initialIntervalMs, maxIntervalMs }: BackoffRule, restarts: number, random: number): number {
  if (restarts <= 1) return 0;
  return Math.round(random * Math.min(maxIntervalMs, initialIntervalMs * 2 ** Math.min(restarts - 2, 30)));
}
