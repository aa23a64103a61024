/** A message of a mailbox for people: sender, receiver, the intent or the reason why it is invalid. */
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
  /** `why` explains the refusal. */
  | { readonly kind: 'refused'; readonly why: string; readonly bytes: number }
);

/** Returns `undefined` when the subject is not that of a mailbox. */
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

/** Reads a payload as JSON, otherwise as text. */
export function readPayload(base64: string): Json {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
