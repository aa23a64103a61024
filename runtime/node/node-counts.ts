/** The work in progress on a node, in numbers. */
import type { InboxCounts } from '../mailbox/inbox-counts.ts';

export interface NodeCounts extends InboxCounts {
  /** Sends without the server's answer. */
  readonly sending: number;
  /** Handled intents whose acknowledgement the server has not yet confirmed. */
  readonly unconfirmed: number;
  /** Questions without a reply. */
  readonly asking: number;
  /** Sends that an egress bucket has refused or dropped, since the start. */
  readonly egressRefused: number;
  /** Agents with state in memory. */
  readonly active: number;
  /** Agents that wait for their restart. */
  readonly restarting: number;
  /** Paused lanes: their sender's intents made an agent fail too often. They wait for `resume`. */
  readonly pausedLanes: number;
  /** Errors that agents threw outside of code that the runtime awaits, since the start. */
  readonly strayErrors: number;
  /** Agents that failed too often: they wait for `resume`. */
  readonly paused: number;
}

/** Delays in a node, milliseconds. */
export interface NodeLags {
  /** The longest-running handling, hook or timer; 0 without any. */
  readonly handlingMs: number;
  /** Time since an unanswered request to confirm acknowledgements. */
  readonly acksMs: number;
  /** Time since the archive was offered what it has not yet stored. */
  readonly archiveMs: number;
  /** How far the store's clock is ahead of this node's; `undefined`: unknown. */
  readonly skewMs: number | undefined;
}
