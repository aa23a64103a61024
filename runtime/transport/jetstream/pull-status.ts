/** Interprets a server's status message about a feed's pull (ADR-37). Pure. */
import type { MsgHdrs } from 'nats';
import type { FeedBreak } from '../feed.ts';

export type PullStatus =
  /** The server's count of the consumer's deliveries. */
  | { readonly kind: 'heartbeat'; readonly consumerSeq: number }
  | { readonly kind: 'broken'; readonly reason: FeedBreak }
  /** No server accepts the pull. */
  | { readonly kind: 'no_responders' }
  /**
   * The pull has expired or is complete, also by `max_bytes`: its remaining messages will not come. A status without their number
   * refuses the pull, which is then repeated not at once, but when the silence is noticed.
   */
  | { readonly kind: 'ended'; readonly left: number }
  | { readonly kind: 'refused' };

/** The announcement of a server that no longer leads the consumer. */
const leaderMoves: ReadonlySet<string> = new Set(['Leadership Change', 'Server Shutdown']);

export function readPullStatus(headers: MsgHdrs): PullStatus {
  switch (headers.code) {
    case 100:
      return { kind: 'heartbeat', consumerSeq: Number(headers.get('Nats-Last-Consumer')) };
    case 409:
      if (headers.description === 'Consumer Deleted') return { kind: 'broken', reason: 'deleted' };
      if (leaderMoves.has(headers.description)) return { kind: 'broken', reason: 'leader_moved' };
      return pullEnd(headers);
    case 503:
      return { kind: 'no_responders' };
    default:
      return pullEnd(headers);
  }
}

function pullEnd(headers: MsgHdrs): PullStatus {
  const left = headers.get('Nats-Pending-Messages');
  return left === '' ? { kind: 'refused' } : { kind: 'ended', left: Number(left) };
}
