/** The reply subject of a delivered message: its position in the stream, and the address of its acknowledgement (ADR-15). */
import { storeTimeOf } from './store-time.ts';

export interface AckSubject {
  /** Everything before the delivery count: the same for every message of a consumer. */
  readonly prefix: string;
  /** The stream's sequence. */
  readonly seq: number;
  /** The consumer's count of deliveries: without a gap, unless one was lost. */
  readonly consumerSeq: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly storedAt: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<count>.<seq>.<consumer seq>.<time>.<pending>` and the longer form with domain and account
 * before the stream, which may end in one more token; `undefined` if it is neither.
 */
export function parseAckSubject(reply: string): AckSubject | undefined {
  if (!reply.startsWith('$JS.ACK.')) return undefined;
  const part = reply.split('.');
  const count = part.length === 9 ? 4 : 6;
  if (part.length < 9 || part.length === 10) return undefined;
  const prefix = part.slice(0, count).join('.');
  return readAckSubject(reply, prefix);
}

/** Reads a reply that is known to begin with `prefix`, without splitting it. */
export function readAckSubject(reply: string, prefix: string): AckSubject {
  const seqAt = reply.indexOf('.', prefix.length + 1) + 1;
  const consumerSeqAt = reply.indexOf('.', seqAt) + 1;
  const timeAt = reply.indexOf('.', consumerSeqAt) + 1;
  return {
    prefix,
    seq: Number(reply.slice(seqAt, consumerSeqAt - 1)),
    consumerSeq: Number(reply.slice(consumerSeqAt, timeAt - 1)),
    storedAt: storeTimeOf(reply.slice(timeAt, reply.indexOf('.', timeAt))),
  };
}

/** Returns the subject that acknowledges `seq`. The server reads only the sequence from it (measured with 2.15.1). */
export function ackSubject(prefix: string, seq: number): string {
  return `${prefix}.1.${seq}.0.0.0`;
}
