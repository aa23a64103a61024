/** Which dead letter a person means: by its number in the list, or by the ticket of its intent. */
import { InvalidArgumentError } from 'commander';
import { type DeadRecord, deadLetterKey, deadNoteKey } from '../actor/dead-letters.ts';
import { Directory } from '../cluster/directory.ts';
import { ParleyError } from '../core/errors.ts';
import { checkIntentId, parseAgentId } from '../core/ids.ts';
import { isObject } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import { mailboxStream } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import { type TicketPlace, unverifiedPlace } from '../gateway/ticket-id.ts';
import type { LoggedRecord, Transport } from '../transport/index.ts';
import { readRecord } from './records.ts';

export type DeadChoice =
  | { readonly kind: 'number'; readonly number: number }
  /** As the gateway gives it: one word. */
  | { readonly kind: 'word'; readonly word: string }
  /** As `node.tell` and `parley send` give it. */
  | { readonly kind: 'ticket'; readonly ticket: Ticket };

class NoDeadLetterError extends ParleyError {
  constructor(which: string, mesh: string) {
    super(
      'PARLEY_NO_DEAD_LETTER',
      `mesh "${mesh}" has no dead letter ${which}; "parley dead list" shows which there are`,
    );
  }
}

class ForeignTicketError extends ParleyError {
  constructor(found: string, mesh: string) {
    super('PARLEY_FOREIGN_TICKET', `the ticket is of ${found}, not of mesh "${mesh}"; name its mesh with --mesh`);
  }
}

const shape =
  'It must be a number as "dead list" shows it, or a ticket: the JSON that "parley send", node.tell or the gateway gave, or the gateway\'s word.';

/** @throws InvalidArgumentError */
export function deadChoice(text: string): DeadChoice {
  const given = text.trim();
  if (/^\d+$/.test(given)) {
    const number = Number(given);
    if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError(shape);
    return { kind: 'number', number };
  }
  try {
    return given.startsWith('{') ? ticketOf(parseJsonText(given)) : wordOf(given);
  } catch {
    throw new InvalidArgumentError(shape);
  }
}

function ticketOf(document: unknown): DeadChoice {
  const { ticket, intent_id, to, stream, seq } = isObject(document) ? document : {};
  if (typeof ticket === 'string') return wordOf(ticket);
  if (typeof to !== 'string' || typeof stream !== 'string' || !Number.isSafeInteger(seq)) throw new Error(shape);
  parseAgentId(to);
  return { kind: 'ticket', ticket: { intent_id: checkIntentId(intent_id), to, stream, seq: Number(seq) } };
}

function wordOf(word: string): DeadChoice {
  unverifiedPlace(word);
  return { kind: 'word', word };
}

/** @throws NoDeadLetterError, ForeignTicketError, UnknownAgentError, TransportUnavailableError */
export async function findDeadLetter(transport: Transport, mesh: string, choice: DeadChoice): Promise<LoggedRecord> {
  const { dead } = transport.logs;
  if (choice.kind === 'number') {
    const record = await dead.next(choice.number);
    if (record?.seq !== choice.number) throw new NoDeadLetterError(String(choice.number), mesh);
    return record;
  }
  const place = await placeOf(transport, mesh, choice);
  // a letter comes before a note on an intent that was finished
  const found =
    (await newestOf(transport, deadLetterKey(place), place)) ?? (await newestOf(transport, deadNoteKey(place), place));
  if (found !== undefined) return found;
  throw new NoDeadLetterError(
    `of intent "${place.intentId}": it waits, was handled, or is older than what is kept`,
    mesh,
  );
}

async function placeOf(
  transport: Transport,
  mesh: string,
  choice: Exclude<DeadChoice, { readonly kind: 'number' }>,
): Promise<TicketPlace> {
  if (choice.kind === 'word') {
    const place = unverifiedPlace(choice.word);
    if (place.mesh !== mesh) throw new ForeignTicketError(`mesh "${place.mesh}"`, mesh);
    return place;
  }
  const { intent_id: intentId, to, stream, seq } = choice.ticket;
  const { pool, partition } = await new Directory(mesh, transport.meshConfig).locate(parseAgentId(to));
  if (mailboxStream(mesh, pool) !== stream) throw new ForeignTicketError(`stream "${stream}"`, mesh);
  return { pool, partition, seq, intentId };
}

/** A sequence that was used again, after a store was lost, has letters of several intents. */
async function newestOf(
  { logs: { dead } }: Transport,
  key: string,
  { intentId }: TicketPlace,
): Promise<LoggedRecord | undefined> {
  let found: LoggedRecord | undefined;
  for (let next = await dead.next(1, key); next !== undefined; next = await dead.next(next.seq + 1, key)) {
    if (readRecord<DeadRecord>(next).intent_id === intentId) found = next;
  }
  return found;
}
