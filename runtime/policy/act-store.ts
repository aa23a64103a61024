/** The part of the transport's act store that acting needs. */

export interface ActStore {
  read(key: string): Promise<{ readonly value: string; readonly revision: number } | undefined>;
  /** Writes if the revision of the key is still `expected` (0: the key is absent). @returns whether it wrote */
  writeIf(key: string, value: string, expected: number): Promise<boolean>;
}
