/** What stands behind a node's mailboxes and handles what they hold. */
import type { Held, Lane } from './lane.ts';
import type { Lease } from './lease.ts';
import type { BucketRule } from './token-bucket.ts';

/**
 * - `handled`: its agent is done with it.
 * - `dead`: it is a dead letter.
 */
export type Outcome = 'handled' | 'dead';

/** Without an outcome it is nothing that anybody would want to read again. */
export type Verdict =
  | { readonly kind: 'done'; readonly outcome?: Outcome }
  | { readonly kind: 'again'; readonly afterMs: number };

export interface Receiver {
  /** Must not throw. Returns a promise only if it has to wait. */
  handle(lane: Lane, held: Held, lease: Lease): Verdict | Promise<Verdict>;
  /** Takes a reply; it is done with at once. Must not throw. */
  reply(subject: string, payload: Uint8Array): void;
  /** How fast a mailbox is served; `undefined`: as fast as it can. */
  intake(agent: string): BucketRule | undefined;
  /** What an intent costs of the intake bucket. */
  cost(lane: Lane, held: Held): number;
}
