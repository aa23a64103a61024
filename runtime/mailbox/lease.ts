/**
 * The ownership of a partition by this node, as code that works for its agents needs it; `runtime/cluster/partition-lease.ts`.
 */
import type { AbortGroup } from '../core/abort-group.ts';

export interface Lease {
  /** May work begin? Cheap: one comparison. If false, wait for `whenFresh`. */
  readonly isFresh: boolean;
  /** Why this node no longer owns the partition: no work begins any more, and running work must not complete. */
  readonly lost: Error | undefined;
  /** Signals that are aborted when the lease is lost. */
  readonly aborts: AbortGroup;
  /** Resolves when work may begin. @throws PartitionLostError */
  whenFresh(): Promise<void>;
}

/** Returns `undefined` when this node does not own the partition. */
export type LeaseOf = (partition: number) => Lease | undefined;
