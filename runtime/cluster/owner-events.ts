/** Events of a partition's ownership, from its owner to its server. */
import type { Delivery } from '../core/delivery.ts';
import type { Feed } from '../transport/index.ts';
import type { PartitionLostError } from './cluster-errors.ts';
import type { PartitionLease } from './partition-lease.ts';

/** Implemented by `runtime/node/partition-server.ts`. */
export interface OwnerEvents {
  deliver(delivery: Delivery): void;
  /** A feed is open and its epoch confirmed; it redelivers everything unacknowledged. */
  opened(feed: Feed, lease: PartitionLease): void;
  /** That feed has ended. */
  closed(): void;
  /** Contact is too old for any work to begin; `resumed` follows, or `suspended`. */
  paused(): void;
  resumed(): void;
  /** The lease has ended, because another node may own the partition: `opened` under a new lease follows, or `lost`. */
  suspended(why: PartitionLostError): void;
  /** Another node owns the partition, after `suspended`: what this node knows of it may be outdated. */
  lost(): void;
}
