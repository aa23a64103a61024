/**
 * `one_for_one`: a child that fails is restarted alone, at most `intensity` times within `periodMs`; after that it is given
 * up. Pure: the past of a child, an event and the time give the new past and a decision (OTP, `supervisor`).
 *
 * What is counted are intents that made the child fail, not attempts: an intent that fails three times and is dead-lettered has used
 * up one restart. And once the child has handled another one, a dead-lettered intent counts no more: the fault was the intent's.
 */
import { type BackoffRule, backoffMs } from './backoff.ts';

export interface RestartRule extends BackoffRule {
  /** Restarts within the period; the next one is one too many. */
  readonly intensity: number;
  readonly periodMs: number;
}

interface Restart {
  /** Monotonic. */
  readonly at: number;
  /** The intent during which the child failed. */
  readonly cause: string;
  /** Where that came from; `undefined`: it was the child's own doing. */
  readonly origin: string | undefined;
  /** It will not be tried again. */
  readonly deadLettered: boolean;
}

export type RestartHistory = readonly Restart[];

export const noRestarts: RestartHistory = Object.freeze([]);

/** What a child was doing when it failed. */
export interface FailureCause {
  /** Names the intent: the same for every attempt. */
  readonly id: string;
  /** Where it came from; `undefined`: it was the child's own doing. */
  readonly origin: string | undefined;
}

export type RestartDecision =
  | { readonly kind: 'restart'; readonly afterMs: number }
  /** All of it came from one origin: what comes from there is held, and the child goes on for the others. */
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

/** The intent has become a dead letter. */
export function causeDeadLettered(past: RestartHistory, cause: string): RestartHistory {
  return past.map((restart) => (restart.cause === cause ? { ...restart, deadLettered: true } : restart));
}

/** The child has handled an intent. */
export function childSucceeded(past: RestartHistory): RestartHistory {
  return past.filter(({ deadLettered }) => !deadLettered);
}

export function withinPeriod(rule: RestartRule, past: RestartHistory, now: number): RestartHistory {
  return past.filter(({ at }) => at >= now - rule.periodMs);
}
