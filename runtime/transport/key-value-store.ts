/** The port to a bucket: the last value of each key, written by compare-and-set. */

export interface KeyValueStore {
  /** Returns the newest value of a key, read from the leader. */
  read(key: string): Promise<Entry | undefined>;
  /**
   * Writes if the key's revision still is `expected` (0: the key is absent).
   * @returns the new revision
   * @throws RevisionConflictError
   */
  write(key: string, value: string, expected: number): Promise<number>;
  /** Returns all entries whose key begins with `<prefix>.`, by key. They are read one by one, so they are not a snapshot. */
  list(prefix: string): Promise<readonly KeyedEntry[]>;
  /** Removes a key; does nothing without it. */
  remove(key: string): Promise<void>;
}

export interface KeyedEntry extends Entry {
  readonly key: string;
}

export interface Entry {
  readonly value: string;
  readonly revision: number;
  /** The time of the write by the store's clock, milliseconds since 1970. */
  readonly storedAt: number;
}
