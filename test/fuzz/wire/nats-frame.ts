/** A message of NATS as one input: `<rest of the subject>\n[NATS/1.0…headers…\r\n\r\n]<payload>`. Pure. */
import type { NatsMessage } from './nats-client.ts';

/** Below the server's `max_control_line`. */
const longestSubject = 3_000;
const headersBegin = Buffer.from('NATS/1.0');
const headersEnd = Buffer.from('\r\n\r\n');

/** White space would end the subject, and be a fault of the client alone. */
const notInSubject = /[\s\0]/g;

/** @param prefix of the subject: whatever the input says, it reaches nothing else */
export function messageIn(input: Buffer, prefix: string): NatsMessage {
  const end = input.indexOf(10);
  const line = input.subarray(0, end === -1 ? input.length : end).toString('latin1');
  const rest = end === -1 ? Buffer.alloc(0) : input.subarray(end + 1);
  const subject = `${prefix}.${line.replaceAll(notInSubject, '').slice(0, longestSubject) || 'x'}`;
  const headerEnd = rest.indexOf(headersEnd);
  const hasHeaders = rest.indexOf(headersBegin) === 0 && headerEnd !== -1;
  if (!hasHeaders) return { subject, headers: undefined, payload: rest };
  const cut = headerEnd + headersEnd.length;
  return { subject, headers: rest.subarray(0, cut), payload: rest.subarray(cut) };
}
