/** Headers as the NATS library takes and gives them. */
import type { Msg, MsgHdrs } from 'nats';
import type { Publication } from '../../core/publication.ts';
import { checkMessageId, outgoingHeaders } from '../carried-headers.ts';

/** The library asks headers only to encode themselves; building its map for one known header costs more than the publish. @throws InvalidIdError */
export function encodedHeaders({ messageId, headers }: Publication): MsgHdrs {
  const others = headers === undefined ? '' : linesOf(outgoingHeaders(headers));
  const encoded = Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${checkMessageId(messageId)}\r\n${others}\r\n`, 'latin1');
  return { encode: () => encoded } as unknown as MsgHdrs;
}

const linesOf = (headers: ReturnType<typeof outgoingHeaders>): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

export const readHeader = ({ headers }: Msg, name: string): string => headers?.get(name) ?? '';
