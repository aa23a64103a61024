/** What is needed of the transport's store of acts. */

export interface ActStore {
  read(key: string): Promise<{ readonly value: string; readonly revision: number } | undefined>;
  /** Writes if the key's revision still is `expected` (0: the key is absent). @returns whether it did */
  writeIf(key: string, value: string, expected: number): Promise<boolean>;
}
