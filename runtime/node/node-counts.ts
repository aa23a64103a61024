/** What a node has under way, in numbers. */
import type { InboxCounts } from '../mailbox/inbox-counts.ts';

export interface NodeCounts extends InboxCounts {
  /** Sends without the server's word. */
  readonly sending: number;
  /** Handled, and the server has not yet confirmed that it knows. */
  readonly unconfirmed: number;
  /** Questions without a reply. */
  readonly asking: number;
  /** Sends that an egress bucket has refused or let go, since the start. */
  readonly egressRefused: number;
  /** Agents with state in memory. */
  readonly active: number;
  /** Agents that wait for their restart. */
  readonly restarting: number;
  /** Lanes that are held, because their sender's intents made an agent fail too often: they wait for `resume`. */
  readonly pausedLanes: number;
  /** Errors that agents threw outside of what the runtime awaits, since the start. */
  readonly strayErrors: number;
  /** Agents that failed too often: they wait for `resume`. */
  readonly paused: number;
}

/** What takes long in a node, in milliseconds. */
export interface NodeLags {
  /** The handling, hook or timer that has lasted longest; 0 without any. */
  readonly handlingMs: number;
  /** Since the store was asked to confirm acknowledgements and has not. */
  readonly acksMs: number;
  /** Since the archive was given what is finished and has not taken it. */
  readonly archiveMs: number;
  /** How far the store's clock is ahead of this node's; `undefined`: not known. */
  readonly skewMs: number | undefined;
}
