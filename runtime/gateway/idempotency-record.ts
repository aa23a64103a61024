/**
 * What is kept of an idempotency key, and what a request that brings the key may do. Decisions only: no I/O.
 *
 *             ┌──────────── refused: nothing was stored ────────────┐
 *             ▼                                                     │
 * absent / free ──begin──▶ begun by one request ──stored──▶ finished (the ticket, for a day)
 *                            │  ▲
 *                            │  └ taken over, same intent id: within the time in which the store knows that id
 *                            ├ the store gave no answer ──▶ uncertain
 *                            └ its process died ──▶ after a send deadline the same as uncertain
 *
 * Every arrow is one compare-and-set on the revision that its request has read or written, so only the request that began, or
 * took over, can finish or free a key.
 */
import { isNumber, isRecord, isText, orAbsent, orNull, type RecordShape } from '../core/stored-record.ts';
import type { Accepted } from './accepted.ts';

export interface KeyRecord {
  /** 1, of the release before, had no state and no time. */
  readonly v: 1 | 2;
  /** Hash of what was asked for: the same key must come with the same. */
  readonly request: string;
  readonly intent_id: string;
  readonly state: 'begun' | 'uncertain' | 'finished' | 'free';
  /** When the intent's id was first sent, milliseconds since 1970. */
  readonly begun_at: number;
  readonly accepted: Accepted | null;
}

export const keyShape: RecordShape<KeyRecord> = {
  what: 'idempotency key',
  versions: [1, 2],
  fields: {
    request: isText,
    intent_id: isText,
    state: orAbsent(isText),
    begun_at: orAbsent(isNumber),
    accepted: orNull(isRecord),
  },
};

export interface KeyTimes {
  /** A send has its answer within it, or none. */
  readonly sendDeadlineMs: number;
  /** The store keeps an intent id that it was sent for so long: within it the same id is stored once. */
  readonly windowMs: number;
}

/** The last repetition of a send must arrive before the store forgets the id. */
const windowMargin = 0.8;

export type KeyPlan =
  /** Nobody uses the key: begin. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'replay'; readonly accepted: Accepted }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' }
  /** Another request is sending: come again later. */
  | { readonly kind: 'wait'; readonly retryAfterMs: number }
  /** Send again under the id that was begun with, with an answer within `deadlineMs`. */
  | { readonly kind: 'take_over'; readonly deadlineMs: number }
  /** It may have been stored, and the store does not know the id any more: sending again could make it two. */
  | { readonly kind: 'unknown' };

export function planFor(
  found: KeyRecord | undefined,
  request: string,
  now: number,
  { sendDeadlineMs, windowMs }: KeyTimes,
): KeyPlan {
  if (found === undefined || found.state === 'free') return { kind: 'begin' };
  if (found.request !== request) return { kind: 'conflict' };
  if (found.accepted !== null) return { kind: 'replay', accepted: found.accepted };
  if (found.v === 1) return { kind: 'unknown' };
  const age = now - found.begun_at;
  if (found.state === 'begun' && age < sendDeadlineMs) {
    return { kind: 'wait', retryAfterMs: Math.min(1_000, Math.max(1, sendDeadlineMs - age)) };
  }
  const deadlineMs = Math.floor(Math.min(sendDeadlineMs, windowMs * windowMargin - age));
  return deadlineMs < 1 ? { kind: 'unknown' } : { kind: 'take_over', deadlineMs };
}
