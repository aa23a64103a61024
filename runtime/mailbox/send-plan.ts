/** Decides how a send continues after an answer of the server, or none: pure. */
import type { PublishOutcome } from '../core/publication.ts';
import { MailboxFullError, SendRejectedError, SendTimeoutError, StoreFullError } from './mailbox-errors.ts';
import type { SendMode } from './sending.ts';

/** The progress of a send. */
export interface SendState {
  readonly subject: string;
  readonly pool: string;
  readonly mode: SendMode;
  /** The caller has received an error. */
  readonly told: boolean;
  /** An attempt had no answer: the message may be stored. */
  readonly uncertain: boolean;
  /** Why the store cannot be reached now. */
  readonly obstacle?: string | undefined;
}

/**
 * - `refused`: not stored. The lane continues.
 * - `dropped`: there was no room, in mode `drop`. The lane continues.
 * - `settled`: the caller already knows. The lane continues.
 * - `repeat`: published again with the same id, after a pause; `late` is the caller's error when its deadline passes first.
 */
export type SendPlan =
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'repeat'; readonly late: Error; readonly laneIsFull?: boolean };

/** A stored message needs no plan. */
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
      return { kind: 'repeat', late: new SendTimeoutError(subject, state.obstacle ?? outcome.reason) };
    default:
      return outcome satisfies never;
  }
}

/** A refusal is final unless an earlier attempt had no answer: that one may still arrive and find room. */
function withoutRoom({ told, uncertain, mode }: SendState, error: Error, isLane: boolean): SendPlan {
  if (told && !uncertain) return { kind: 'settled' };
  if (told) return { kind: 'repeat', late: error };
  if (uncertain || mode === 'wait') return { kind: 'repeat', late: error, laneIsFull: isLane };
  return mode === 'drop' ? { kind: 'dropped' } : { kind: 'refused', error };
}

const firstPauseMs = 2;
const longestPauseMs = 250;

/** @param attempts attempts so far, from 1 @param leftMs time until the send is given up @returns milliseconds, at least 1 */
export function pauseMs(attempts: number, leftMs: number): number {
  const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  return Math.max(1, Math.min(backoff, leftMs));
}
