/**
 * `one_for_one`: restarts only the child that failed, at most `intensity` times within `periodMs`, then gives it up. Pure: the
 * child's past, an event and the time give the new past with a decision (OTP, `supervisor`).
 *
 * It counts intents that made the child fail, not attempts: an intent that fails three times, then becomes a dead letter, uses
 * up one restart. Once the child has handled another intent, a dead-lettered one no longer counts: the fault was the intent's.
 */
import type { FailureCause, RestartRule } from '../runtime/core/supervision.ts';
import { backoffMs } from './backoff.ts';

interface Restart {
  /** Monotonic. */
  readonly at: number;
  /** The intent during which the child failed. */
  readonly cause: string;
  /** The origin of that intent; `undefined`: the child itself. */
  readonly origin: string | undefined;
  /** True when the intent will not be retried. */
  readonly deadLettered: boolean;
}

export type RestartHistory = readonly Restart[];

export const noRestarts: RestartHistory = Object.freeze([]);

export type RestartDecision =
  | { readonly kind: 'restart'; readonly afterMs: number }
  /** All failures came from one origin: its lane is held, and the child continues for the others. */
  | { readonly kind: 'hold_origin'; readonly origin: string; readonly restarts: number }
  | { readonly kind: 'give_up'; readonly restarts: number };

/** @param random from 0 to 1 */
export function childFailed(
  rule: RestartRule,
  past: RestartHistory,
  { id: cause, origin }: FailureCause,
  now: number,
  random: number,
): { readonly past: RestartHistory; readonly decision: RestartDecision } {
  const recent = withinPeriod(rule, past, now);
  const counted = recent.some((restart) => restart.cause === cause);
  const next = counted ? recent : [...recent, { at: now, cause, origin, deadLettered: false }];
  if (next.length > rule.intensity) {
    const restarts = recent.length;
    const isSole = next.every((restart) => restart.origin === origin);
    if (isSole && origin !== undefined)
      return { past: noRestarts, decision: { kind: 'hold_origin', origin, restarts } };
    return { past: next, decision: { kind: 'give_up', restarts } };
  }
  return { past: next, decision: { kind: 'restart', afterMs: backoffMs(rule, next.length, random) } };
}

/** Records that the intent became a dead letter. */
export function causeDeadLettered(past: RestartHistory, cause: string): RestartHistory {
  return past.map((restart) => (restart.cause === cause ? { ...restart, deadLettered: true } : restart));
}

/** Records that the child handled an intent. */
export function childSucceeded(past: RestartHistory): RestartHistory {
  return past.filter(({ deadLettered }) => !deadLettered);
}

export function withinPeriod(rule: RestartRule, past: RestartHistory, now: number): RestartHistory {
  return past.filter(({ at }) => at >= now - rule.periodMs);
}
