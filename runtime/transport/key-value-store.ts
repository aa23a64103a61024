/** The port to a bucket: the last value of each key, written by compare-and-set. */

export interface KeyValueStore {
  /** The newest value of a key, read from the leader. */
  read(key: string): Promise<Entry | undefined>;
  /**
   * Writes if the key's revision still is `expected` (0: the key is absent).
   * @returns the new revision
   * @throws RevisionConflictError
   */
  write(key: string, value: string, expected: number): Promise<number>;
  /** Everything whose key begins with `<prefix>.`, by key. Not one moment of the store: entry by entry. */
  list(prefix: string): Promise<readonly KeyedEntry[]>;
  /** Does nothing if it is not there. */
  remove(key: string): Promise<void>;
}

export interface KeyedEntry extends Entry {
  readonly key: string;
}

export interface Entry {
  readonly value: string;
  readonly revision: number;
  /** When the store took it, by the store's clock: milliseconds since 1970. */
  readonly storedAt: number;
}
