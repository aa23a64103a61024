/** What has become of an intent that came through the gateway. */
import type { DeadRecord } from '../actor/dead-letters.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import { parseMailboxSubject } from '../core/subjects.ts';
import type { Transport } from '../transport/index.ts';
import type { TicketPlace } from './ticket-id.ts';

/**
 * - `waiting`: in its mailbox, or being handled.
 * - `handled`: its agent is done with it.
 * - `dead`: it will not be handled: `reason` and `errors` say why.
 */
export type TicketState =
  | { readonly intent_id: string; readonly state: 'waiting' | 'handled' }
  | {
      readonly intent_id: string;
      readonly state: 'dead';
      readonly reason: string;
      readonly errors: readonly string[];
      readonly attempts: number;
      readonly died_at: string;
    };

/** Looked through from the newest on, in its partition. */
const deadLettersLookedAt = 10_000;

/** A mailbox lets go of an intent when it was handled, or is kept as a dead letter. @throws TransportUnavailableError */
export async function ticketState(transport: Transport, place: TicketPlace): Promise<TicketState> {
  const { intentId: intent_id } = place;
  if (await isStored(transport, place)) return { intent_id, state: 'waiting' };
  const letter = await deadLetterOf(transport, place);
  if (letter === undefined) return { intent_id, state: 'handled' };
  const { reason, errors, attempts, died_at } = letter;
  return { intent_id, state: 'dead', reason, errors, attempts, died_at };
}

async function isStored(transport: Transport, { subject, seq, intentId }: TicketPlace): Promise<boolean> {
  const pool = parseMailboxSubject(subject)?.pool ?? '';
  const [message] = await transport.fetch(pool, subject, [seq]);
  if (message === undefined) return false;
  try {
    return decodeIntent(message.payload).intent_id === intentId;
  } catch {
    return false;
  }
}

async function deadLetterOf(transport: Transport, { subject, seq }: TicketPlace): Promise<DeadRecord | undefined> {
  const at = parseMailboxSubject(subject);
  const key = `${at?.pool}.${at?.partition}`;
  const { dead } = transport.logs;
  const from = Math.max(1, (await dead.last()) - deadLettersLookedAt);
  for (let next = await dead.next(from, key); next !== undefined; next = await dead.next(next.seq + 1, key)) {
    const record = JSON.parse(Buffer.from(next.payload).toString('utf8')) as DeadRecord;
    if (record.seq === seq && record.subject === subject) return record;
  }
  return undefined;
}
