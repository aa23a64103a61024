/** What the owner of a partition reports of its ownership to the server of the partition. */
import type { Delivery } from '../core/delivery.ts';
import type { Feed } from '../transport/index.ts';
import type { PartitionLostError } from './cluster-errors.ts';
import type { PartitionLease } from './partition-lease.ts';

export interface OwnerEvents {
  deliver(delivery: Delivery): void;
  /** A feed is open and its epoch confirmed; everything unacknowledged comes again on it. */
  opened(feed: Feed, lease: PartitionLease): void;
  /** That feed is over. */
  closed(): void;
  /** Contact is too old to begin anything; `resumed` follows, or `suspended`. */
  paused(): void;
  resumed(): void;
  /** The lease is over, because another node may own the partition: `opened` under a new lease follows, or `lost`. */
  suspended(why: PartitionLostError): void;
  /** Another node owns the partition, after `suspended`: what this node knows of it may be outdated. */
  lost(): void;
}
