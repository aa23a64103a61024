/** The reply subject of a delivered message: where it stands in the stream, and where its acknowledgement goes (ADR-15). */

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
 * before the stream; `undefined` if it is neither.
 */
export function parseAckSubject(reply: string): AckSubject | undefined {
  if (!reply.startsWith('$JS.ACK.')) return undefined;
  const part = reply.split('.');
  const count = part.length === 9 ? 4 : 6;
  if (part.length < 9 || part.length === 10) return undefined;
  const seq = Number(part[count + 1]);
  const consumerSeq = Number(part[count + 2]);
  return { prefix: part.slice(0, count).join('.'), seq, consumerSeq, storedAt: Number(part[count + 3]) / 1e6 };
}

/** The subject that acknowledges `seq`. The server takes all but the sequence from its own record (measured with 2.15.1). */
export function ackSubject(prefix: string, seq: number): string {
  return `${prefix}.1.${seq}.0.0.0`;
}
