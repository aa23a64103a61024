/** Settings of a pool's mailboxes for their store, with its description of them. */

export interface PoolSettings {
  readonly pool: string;
  readonly partitions: number;
  /** Messages that one lane holds: more are refused as `mailbox_full`. */
  readonly laneCapacity: number;
  /** Bytes that the pool's stream holds: more are refused as `store_full`. */
  readonly maxBytes: number;
  readonly replicas: number;
  /** How long a message id is remembered, milliseconds. */
  readonly dedupeWindowMs: number;
  /** Options given explicitly: an existing pool must match exactly these, and keeps its other settings. Default: all. */
  readonly given?: readonly PoolOption[];
}

export type PoolOption = 'laneCapacity' | 'maxBytes' | 'replicas' | 'dedupeWindowMs';

/** Messages for a partition that the pool does not have: no consumer will ever take them. */
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
  /** By the store's clock when it answered: milliseconds since 1970, as `storedAt` of its messages; NaN: unknown. */
  readonly time: number;
}
