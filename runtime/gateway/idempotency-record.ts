/**
 * Decides what a request with an idempotency key may do, from the record of that key. No I/O.
 *
 *             ┌──────────── refused: nothing was stored ────────────┐
 *             ▼                                                     │
 * absent / free ──begin──▶ begun by one request ──stored──▶ finished (the ticket, for a day)
 *                            │  ▲
 *                            │  └ taken over, same intent id: within the time in which the store knows that id
 *                            ├ the store gave no answer ──▶ uncertain
 *                            └ its process died ──▶ after a send deadline the same as uncertain
 *
 * Every arrow is one compare-and-set on the revision that its request has read or written. Only the request that began, or took
 * over, can thus finish or free a key.
 */
import { isNumber, isRecord, isText, orAbsent, orNull, type RecordShape } from '../core/stored-record.ts';
import type { Accepted } from './accepted.ts';

export interface KeyRecord {
  /** Version 1, of the previous release, had neither state nor time. */
  readonly v: 1 | 2;
  /** The hash of the request: the same key must come with the same request. */
  readonly request: string;
  readonly intent_id: string;
  readonly state: 'begun' | 'uncertain' | 'finished' | 'free';
  /** When the intent was first sent under its id, milliseconds since 1970. */
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
  /** A send is answered within this time, or never. */
  readonly sendDeadlineMs: number;
  /** How long the store remembers an intent id: within this time the same id is stored once. */
  readonly windowMs: number;
}

/** The share of the window in which a send may repeat: its last repetition must arrive before the store forgets the id. */
const windowMargin = 0.8;

export type KeyPlan =
  /** The key is unused: begin. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'replay'; readonly accepted: Accepted }
  /** The key was used for another request. */
  | { readonly kind: 'conflict' }
  /** Another request is sending: retry later. */
  | { readonly kind: 'wait'; readonly retryAfterMs: number }
  /** Resend under the recorded intent id; the answer must come within `deadlineMs`. */
  | { readonly kind: 'take_over'; readonly deadlineMs: number }
  /** The intent may have been stored, and the store no longer remembers its id: a resend could store it twice. */
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
