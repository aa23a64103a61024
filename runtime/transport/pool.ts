/** The port to the streams of pools, with the settings of a pool. */
import type { StoredMessage } from '../core/delivery.ts';

export interface Pools {
  /**
   * Creates the pool's stream, or adopts the existing one. Idempotent.
   * @throws StreamConflictError when a setting differs from an option, or mailboxes cannot work with it
   */
  ensure(pool: PoolSettings): Promise<void>;

  /**
   * Reads messages of one lane again, by their sequences, in ascending order. Omits those that are no longer stored; of
   * many or large ones it may read only the first. An empty result means that none of them is stored any more.
   */
  fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]>;

  /** Reads one message by its sequence, through the leader; `undefined` when it is not stored any more. */
  find(pool: string, seq: number): Promise<StoredMessage | undefined>;

  /**
   * Returns the fill level of the pool's stream with the store's time. Waits at most 2 s, so that the answer is not stale.
   */
  usage(pool: string): Promise<PoolUsage>;

  /** Returns messages in partitions other than 0 to `partitions` - 1; for an occasional check, not for every message. */
  strays(pool: string, partitions: number): Promise<readonly StrayPartition[]>;

  /** Returns the number of messages in the pool's stream. */
  backlog(pool: string): Promise<number>;
}

export interface PoolSettings {
  readonly pool: string;
  readonly partitions: number;
  /** Messages that one lane holds: more are refused as `mailbox_full`. */
  readonly laneCapacity: number;
  /** Bytes that the pool's stream holds: more are refused as `store_full`. */
  readonly maxBytes: number;
  readonly replicas: number;
  /** The time for which the server remembers a message id, milliseconds. */
  readonly dedupeWindowMs: number;
  /** Options given explicitly: an existing pool must match exactly these, and keeps its other settings. Default: all. */
  readonly given?: readonly PoolOption[];
}

export type PoolOption = 'laneCapacity' | 'maxBytes' | 'replicas' | 'dedupeWindowMs';

/** Messages for a partition that the pool does not have: no consumer will ever receive them. */
export interface StrayPartition {
  /** The partition as it appears in their subjects. */
  readonly partition: string;
  readonly messages: number;
}

export interface PoolUsage {
  readonly messages: number;
  readonly bytes: number;
  /** Zero or less: unlimited. */
  readonly maxBytes: number;
  /** The store's time when it answered: milliseconds since 1970, as `storedAt` of its messages; NaN: unknown. */
  readonly time: number;
}
