/** What a status message of the server says of a feed's pull (ADR-37): a pure reading. */
import type { MsgHdrs } from 'nats';
import type { FeedBreak } from '../feed.ts';

export type PullStatus =
  /** The server counts as many deliveries of the consumer. */
  | { readonly kind: 'heartbeat'; readonly consumerSeq: number }
  | { readonly kind: 'broken'; readonly reason: FeedBreak }
  /** No server takes the pull. */
  | { readonly kind: 'no_responders' }
  /**
   * Expired, or complete, which a pull with `max_bytes` says too: what is left of this one pull will not come any more. A status
   * that does not say how much that is refuses the pull: repeated not at once, but when the silence is noticed.
   */
  | { readonly kind: 'ended'; readonly left: number }
  | { readonly kind: 'refused' };

/** How a server announces that it does not lead the consumer any more. */
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
