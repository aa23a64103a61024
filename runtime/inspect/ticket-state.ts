/** What has become of an intent that came through the gateway. Each answer rests on a record; absence proves nothing. */
import { type DeadRecord, deadLetterKey, deadNoteKey } from '../core/dead-record.ts';
import { type HandledRecord, handledKey } from '../core/handled-record.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import { parseMailboxSubject } from '../core/subjects.ts';
import type { LoggedRecord, Transport } from '../transport/index.ts';
import type { TicketPlace } from './ticket-place.ts';

/**
 * - `waiting`: in its mailbox, or being handled.
 * - `handled`: its agent is done with it; the archive may not have it, being too small for it.
 * - `dead`: it will not be handled: `reason` and `errors` say why.
 * - `unknown`: older than what is kept, or finished by a node that keeps no archive.
 */
export type TicketState =
  | { readonly intent_id: string; readonly state: 'waiting' | 'handled' | 'unknown' }
  | {
      readonly intent_id: string;
      readonly state: 'dead';
      readonly reason: string;
      readonly errors: readonly string[];
      readonly attempts: number;
      readonly died_at: string;
    };

/**
 * A few look-ups by place, whatever else is stored. The mailbox comes first: what it has let go has its record by then. Places
 * are used again when a store was lost, so each record must name the same intent. @throws TransportUnavailableError
 */
export async function ticketState(transport: Transport, place: TicketPlace): Promise<TicketState> {
  const { pool, partition, seq, intentId: intent_id } = place;
  if (await isStored(transport, place)) return { intent_id, state: 'waiting' };
  const dead = transport.log('dead');
  const letter = read<DeadRecord>(await dead.latest(deadLetterKey(place)));
  if (letter?.intent_id === intent_id && letter.outcome !== 'handled') {
    const { reason, errors, attempts, died_at } = letter;
    return { intent_id, state: 'dead', reason, errors, attempts, died_at };
  }
  const mark = read<HandledRecord>(await transport.log('handled').latest(handledKey(pool, partition, seq)));
  if (mark?.intent_id === intent_id) return { intent_id, state: 'handled' };
  const notes = [letter, read<DeadRecord>(await dead.latest(deadNoteKey(place)))];
  const isNoted = notes.some((note) => note?.intent_id === intent_id && note.outcome === 'handled');
  return { intent_id, state: isNoted ? 'handled' : 'unknown' };
}

async function isStored(transport: Transport, { pool, partition, seq, intentId }: TicketPlace): Promise<boolean> {
  const message = await transport.find(pool, seq);
  if (message === undefined || parseMailboxSubject(message.subject)?.partition !== partition) return false;
  try {
    return decodeIntent(message.payload).intent_id === intentId;
  } catch {
    return false;
  }
}

/** A record that is not JSON is none of ours. */
function read<T>(record: LoggedRecord | undefined): T | undefined {
  if (record === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(record.payload).toString('utf8')) as T;
  } catch {
    return undefined;
  }
}
