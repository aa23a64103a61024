/** The receiver behind a node's mailboxes, which handles what they hold, and what it says of each intent. */
import type { Lane, QueuedIntent } from './lane.ts';
import type { Lease } from './lease.ts';
import type { BucketRule } from './token-bucket.ts';

/**
 * What became of an intent that was handed out:
 *
 * - `done`: its agent has handled it. Archived, then acknowledged.
 * - `retry`: its lane waits for `afterMs`, then it is handed out again.
 * - `dead`: it is among the dead letters. Archived if it is an `intent`, then acknowledged; other messages are in the dead letters alone.
 * - `suspended`: it goes on later, by a record of its own. Neither archived nor acknowledged; its lane goes on.
 */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'dead'; readonly was: 'intent' | 'message' }
  | { readonly kind: 'suspended' };

/** How an intent ended, as the archive says it. */
export type Outcome = 'handled' | 'dead';

export interface Receiver {
  /** Must not throw. Returns a promise only if it has to wait. */
  handle(lane: Lane, queued: QueuedIntent, lease: Lease): Verdict | Promise<Verdict>;
  /** Takes a reply, which is finished with the call. Must not throw. */
  reply(subject: string, payload: Uint8Array): void;
  /** How fast a mailbox is served; `undefined`: as fast as it can. */
  intake(agent: string): BucketRule | undefined;
  /** What an intent costs of the intake bucket. */
  cost(lane: Lane, queued: QueuedIntent): number;
}
