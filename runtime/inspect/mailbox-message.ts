/** A message of a mailbox as people look at it: who speaks to whom, with the intent that it is or why it is none. */
import { reasonOf } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import type { Json } from '../core/json.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';

export interface Parties {
  readonly from: string;
  readonly to: string;
}

export type MailboxMessage = { readonly subject: string; readonly parties: Parties | undefined } & (
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** `why` nobody would handle it. */
  | { readonly kind: 'refused'; readonly why: string; readonly bytes: number }
);

/** `undefined`: the subject is of no mailbox. */
export function partiesOf(subject: string): Parties | undefined {
  const at = parseMailboxSubject(subject);
  return at === undefined ? undefined : { from: senderOf(at), to: receiverOf(at) };
}

export function readMailboxMessage(subject: string, payload: Uint8Array): MailboxMessage {
  const parties = partiesOf(subject);
  try {
    return { kind: 'intent', subject, parties, intent: decodeIntent(payload) };
  } catch (error) {
    return { kind: 'refused', subject, parties, why: reasonOf(error), bytes: payload.length };
  }
}

/** The JSON that a payload is, or else its text. */
export function readPayload(base64: string): Json {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
