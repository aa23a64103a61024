/** The ownership of a partition by this node, as whoever works for its agents needs it; `runtime/cluster/partition-lease.ts`. */
import type { AbortGroup } from '../core/abort-group.ts';

export interface Lease {
  /** May something begin? Cheap: one comparison. Without it, `whenFresh` tells. */
  readonly isFresh: boolean;
  /** Why the partition is no longer this node's: nothing begins any more, and nothing that went on is finished. */
  readonly lost: Error | undefined;
  /** Signals that are aborted when it is lost. */
  readonly aborts: AbortGroup;
  /** Resolves when something may begin. @throws PartitionLostError */
  whenFresh(): Promise<void>;
}

/** `undefined`: the partition is not this node's. */
export type LeaseOf = (partition: number) => Lease | undefined;
