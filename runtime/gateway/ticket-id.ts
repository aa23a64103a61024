/** A ticket as one word: what a client outside keeps to ask for its intent again. */
import { InvalidIdError } from '../core/errors.ts';
import { parseMailboxSubject } from '../core/subjects.ts';

export interface TicketPlace {
  /** The lane. */
  readonly subject: string;
  readonly seq: number;
  readonly intentId: string;
}

const rule = 'as the gateway gave it';

export function ticketId({ subject, seq, intentId }: TicketPlace): string {
  return Buffer.from(`${seq} ${intentId} ${subject}`).toString('base64url');
}

/** @throws InvalidIdError */
export function readTicketId(ticket: string): TicketPlace {
  const [seqText = '', intentId = '', subject = '', more] = Buffer.from(ticket, 'base64url')
    .toString('utf8')
    .split(' ');
  const seq = Number(seqText);
  const isPlace = Number.isSafeInteger(seq) && seq > 0 && parseMailboxSubject(subject) !== undefined;
  if (!isPlace || intentId === '' || more !== undefined) throw new InvalidIdError('ticket', rule, ticket);
  return { subject, seq, intentId };
}
