/** Decides how to continue after a failed handling: pure. */
import { isRetryable } from '../../core/errors.ts';
import type { RetryRule } from '../../core/intent-schema.ts';

export type FailurePlan = { readonly kind: 'retry'; readonly afterMs: number } | { readonly kind: 'dead_letter' };

const deadLetter: FailurePlan = Object.freeze({ kind: 'dead_letter' });

/** Tells whether the error, or its cause, excludes a retry: `{ retryable: false }`, on an error of any class. */
export const isFinal = (error: unknown): boolean => !isRetryable(error, true);

/** @param attempt the failed attempt, from 1; the pause doubles with each attempt */
export function planFailure(error: unknown, attempt: number, rule: RetryRule): FailurePlan {
  if (isFinal(error) || attempt >= rule.attempts) return deadLetter;
  return { kind: 'retry', afterMs: Math.min(rule.maxIntervalMs, rule.initialIntervalMs * 2 ** (attempt - 1)) };
}
