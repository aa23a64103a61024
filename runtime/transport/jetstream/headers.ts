/** Converts headers to or from the form of the NATS library. */
import type { Msg, MsgHdrs } from 'nats';
import type { Publication } from '../../core/publication.ts';
import { checkMessageId, outgoingHeaders } from '../propagated-headers.ts';

/**
 * Returns the header block of a publish. Building the library's map for one known header costs more than the publish.
 * @throws InvalidIdError
 */
export function headerBlock({ messageId, headers }: Pick<Publication, 'messageId' | 'headers'>): string {
  const others = headers === undefined ? '' : linesOf(outgoingHeaders(headers));
  return `NATS/1.0\r\nNats-Msg-Id: ${checkMessageId(messageId)}\r\n${others}\r\n`;
}

/** A ready block in the library's interface, which only asks headers to encode themselves. */
export function encodedBlock(block: string): MsgHdrs {
  const encoded = Buffer.from(block, 'latin1');
  return { encode: () => encoded } as unknown as MsgHdrs;
}

const linesOf = (headers: ReturnType<typeof outgoingHeaders>): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/**
 * Returns the headers of a message; `undefined` also for a block that the library refuses to decode. Any client with publish
 * permission can write one: a line feed in a value is enough, and the server forwards it unchanged.
 */
export function headersOf(message: Msg): MsgHdrs | undefined {
  try {
    return message.headers;
  } catch {
    return undefined;
  }
}

export const readHeader = (message: Msg, name: string): string => headersOf(message)?.get(name) ?? '';
