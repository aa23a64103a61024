/** What handles the intents of a node's mailboxes, with one verdict each: `runtime/actor/handling/handling-pipeline.ts`. */
import type { Lane, QueuedIntent } from './lane.ts';
import type { Lease } from './lease.ts';
import type { BucketRule } from './token-bucket.ts';

/**
 * The verdict on a dispatched intent:
 *
 * - `done`: its agent has handled it. Archived, then acknowledged.
 * - `retry`: its lane waits for `afterMs`, then it is dispatched again.
 * - `dead`: it is dead-lettered. Archived if it is an `intent`, then acknowledged; other messages are only in the dead letters.
 * - `suspended`: a record of its own resumes it later. Neither archived nor acknowledged; its lane continues.
 */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'dead'; readonly was: 'intent' | 'message' }
  | { readonly kind: 'suspended' };

/** How an intent ended, as the archive records it. */
export type Outcome = 'handled' | 'dead';

export interface IntentHandler {
  /** Handles one intent. Must not throw. Returns a promise only if it has to wait. */
  handle(lane: Lane, queued: QueuedIntent, lease: Lease): Verdict | Promise<Verdict>;
  /** Handles a reply synchronously. Must not throw. */
  reply(subject: string, payload: Uint8Array): void;
  /** The rate limit of a mailbox; `undefined`: no limit. */
  intake(agent: string): BucketRule | undefined;
  /** The cost of an intent in tokens of the intake bucket. */
  cost(lane: Lane, queued: QueuedIntent): number;
}
