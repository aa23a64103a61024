/** The state of an intent that came through the gateway. Each answer rests on a record; absence proves nothing. */
import { deadLetterKey, deadNoteKey, deadShape } from '../core/dead-record.ts';
import { handledKey, handledShape } from '../core/handled-record.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import { type RecordShape, readStored, UnreadableRecordError } from '../core/stored-record.ts';
import { parseMailboxSubject } from '../core/subjects.ts';
import type { LoggedRecord, Transport } from '../transport/index.ts';
import { textOf } from './records.ts';
import type { TicketPlace } from './ticket-place.ts';

/**
 * - `waiting`: in its mailbox, or being handled.
 * - `handled`: its agent has handled it; the archive may lack it, because it was too small for it.
 * - `dead`: it will not be handled: `reason` and `errors` explain why.
 * - `unknown`: older than the records that are kept, or finished by a node without an archive.
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
 * Reads a few records by place, whatever else is stored. Reads the mailbox first: once an intent has left it, the record of its
 * outcome exists. Places are reused after a store was lost, so each record must name the same intent.
 * @throws TransportUnavailableError; UnreadableRecordError when a record there is unreadable and no other gives the answer
 */
export async function ticketState(transport: Transport, place: TicketPlace): Promise<TicketState> {
  const { pool, partition, seq, intentId: intent_id } = place;
  if (await isStored(transport, place)) return { intent_id, state: 'waiting' };
  const [dead, handled] = [transport.log('dead'), transport.log('handled')];
  const unread: UnreadableRecordError[] = [];
  const letter = read(deadShape, await dead.latest(deadLetterKey(place)), unread);
  if (letter?.intent_id === intent_id && letter.outcome !== 'handled') {
    const { reason, errors, attempts, died_at } = letter;
    return { intent_id, state: 'dead', reason, errors, attempts, died_at };
  }
  const mark = read(handledShape, await handled.latest(handledKey(pool, partition, seq)), unread);
  if (mark?.intent_id === intent_id) return { intent_id, state: 'handled' };
  const notes = [letter, read(deadShape, await dead.latest(deadNoteKey(place)), unread)];
  const isNoted = notes.some((note) => note?.intent_id === intent_id && note.outcome === 'handled');
  if (!isNoted && unread[0] !== undefined) throw unread[0];
  return { intent_id, state: isNoted ? 'handled' : 'unknown' };
}

async function isStored(transport: Transport, { pool, partition, seq, intentId }: TicketPlace): Promise<boolean> {
  const message = await transport.pools.find(pool, seq);
  if (message === undefined || parseMailboxSubject(message.subject)?.partition !== partition) return false;
  try {
    return decodeIntent(message.payload).intent_id === intentId;
  } catch {
    return false;
  }
}

/** @param unread receives the error of a record that exists but is unreadable */
function read<T extends object>(
  shape: RecordShape<T>,
  record: LoggedRecord | undefined,
  unread: UnreadableRecordError[],
): T | undefined {
  if (record === undefined) return undefined;
  try {
    return readStored(shape, textOf(record));
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    unread.push(error);
    return undefined;
  }
}
