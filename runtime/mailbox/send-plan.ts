/** What becomes of a send when the server has answered, or has not: a pure decision. */
import type { PublishOutcome } from '../core/publication.ts';
import { MailboxFullError, SendRejectedError, SendTimeoutError, StoreFullError } from './mailbox-errors.ts';
import type { SendMode } from './sending.ts';

/** How far the send has come. */
export interface SendState {
  readonly subject: string;
  readonly pool: string;
  readonly mode: SendMode;
  /** The caller has been told that it failed. */
  readonly told: boolean;
  /** An attempt went unanswered: it may be stored. */
  readonly uncertain: boolean;
}

/**
 * - `refused`: not stored. The lane goes on.
 * - `dropped`: there was no room, in mode `drop`. The lane goes on.
 * - `settled`: nothing is left to tell. The lane goes on.
 * - `repeat`: published again with the same id, after a pause; `late` is what the caller is told when its deadline passes.
 */
export type SendPlan =
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'repeat'; readonly late: Error; readonly laneIsFull: boolean };

/** What is stored needs no plan. */
type NotStored = Exclude<PublishOutcome, { readonly kind: 'stored' }>;

export function planSend(outcome: NotStored, state: SendState): SendPlan {
  const { subject, pool } = state;
  switch (outcome.kind) {
    case 'rejected':
      return { kind: 'refused', error: new SendRejectedError(subject, outcome.code, outcome.reason) };
    case 'mailbox_full':
      return withoutRoom(state, new MailboxFullError(subject, 'lane'), true);
    case 'store_full':
      return withoutRoom(state, new StoreFullError(pool), false);
    case 'unavailable':
    case 'unknown':
      return { kind: 'repeat', late: new SendTimeoutError(subject, outcome.reason), laneIsFull: false };
    default:
      return outcome satisfies never;
  }
}

/** A refusal is final, unless an earlier attempt went unanswered: that one may still be on its way, and find room. */
function withoutRoom({ told, uncertain, mode }: SendState, error: Error, isLane: boolean): SendPlan {
  if (told && !uncertain) return { kind: 'settled' };
  const laneIsFull = isLane && !told;
  if (uncertain || mode === 'wait') return { kind: 'repeat', late: error, laneIsFull };
  return mode === 'drop' ? { kind: 'dropped' } : { kind: 'refused', error };
}

const firstPauseMs = 2;
const longestPauseMs = 250;

/** @param attempts so far, from 1 @param leftMs until the send is given up @returns milliseconds, at least 1 */
export function pauseMs(attempts: number, leftMs: number): number {
  const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  return Math.max(1, Math.min(backoff, leftMs));
}
