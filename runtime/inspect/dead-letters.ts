/** Dead letters of a mesh: the newest ones, or one by its number or by the ticket of its intent. */
import { type DeadRecord, deadLetterKey, deadNoteKey, deadShape } from '../core/dead-record.ts';
import { ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { type Reading, readAllStored, readStored, UnreadableRecordError } from '../core/stored-record.ts';
import type { Transport } from '../transport/index.ts';
import { partiesOf, readPayload } from './mailbox-message.ts';
import { newestRecords, textOf } from './records.ts';
import type { TicketPlace } from './ticket-place.ts';

export interface DeadLetter extends Omit<DeadRecord, 'payload' | 'stacks'> {
  readonly number: number;
  /** The stack traces of the newest errors, line by line. Absent when no error has one. */
  readonly stacks?: readonly (readonly string[])[];
  /** With `to`: absent when the subject is not that of a mailbox. */
  readonly from?: string;
  readonly to?: string;
  /** The message as JSON if it is valid JSON, otherwise as text. */
  readonly message: Json;
}

class NoDeadLetterError extends ParleyError {
  constructor(which: string, mesh: string) {
    super(
      'PARLEY_NO_DEAD_LETTER',
      `mesh "${mesh}" has no dead letter ${which}; "parley dead list" shows which there are`,
    );
  }
}

/** Returns at most `count`, the newest last. @throws TransportUnavailableError */
export async function newestDeadLetters(transport: Transport, count: number): Promise<Reading<DeadLetter>> {
  const found = await newestRecords(transport.log('dead'), count);
  const read = found.map((logged) => ({ number: logged.seq, ...readAllStored(deadShape, [textOf(logged)]) }));
  return {
    records: read.flatMap(({ number, records }) => records.map((record) => letterOf(number, record))),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  };
}

/** @throws NoDeadLetterError, UnreadableRecordError, TransportUnavailableError */
export async function deadLetterNumbered(transport: Transport, number: number): Promise<DeadLetter> {
  const record = await transport.log('dead').next(number);
  if (record?.seq !== number) throw new NoDeadLetterError(String(number), transport.mesh);
  return letterOf(number, readStored(deadShape, textOf(record)));
}

/**
 * Finds a dead letter; failing that, the note on a finished intent.
 * @throws NoDeadLetterError, TransportUnavailableError; UnreadableRecordError when an unreadable record may be the one
 */
export async function deadLetterAt(transport: Transport, place: TicketPlace): Promise<DeadLetter> {
  const found =
    (await newestOf(transport, deadLetterKey(place), place)) ?? (await newestOf(transport, deadNoteKey(place), place));
  if (found !== undefined) return found;
  const which = `of intent "${place.intentId}": it waits, was handled, or is older than what is kept`;
  throw new NoDeadLetterError(which, transport.mesh);
}

/** A sequence that was reused after a store was lost has dead letters of several intents. */
async function newestOf(transport: Transport, key: string, { intentId }: TicketPlace): Promise<DeadLetter | undefined> {
  const dead = transport.log('dead');
  let found: DeadLetter | undefined;
  let unread: UnreadableRecordError | undefined;
  for (let next = await dead.next(1, key); next !== undefined; next = await dead.next(next.seq + 1, key)) {
    try {
      const record = readStored(deadShape, textOf(next));
      if (record.intent_id === intentId) found = letterOf(next.seq, record);
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      unread = error;
    }
  }
  if (found === undefined && unread !== undefined) throw unread;
  return found;
}

function letterOf(number: number, { payload, stacks, ...record }: DeadRecord): DeadLetter {
  const lines = stacks === undefined ? {} : { stacks: stacks.map((stack) => (stack === '' ? [] : stack.split('\n'))) };
  return { number, ...partiesOf(record.subject), ...record, ...lines, message: readPayload(payload) };
}
