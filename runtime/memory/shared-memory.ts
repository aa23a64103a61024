/** Memory that agents share: every value has a version, and a write says which one it replaces. */
import type { Json } from '../core/json.ts';

export interface Versioned {
  readonly value: Json;
  /** Grows with every write of this key, and is never used again for it, also when it was removed in between. */
  readonly version: number;
}

/** Adapters: NATS KV, Redis. One contract: `test/contract/memory/shared-contract.ts`. */
export interface SharedMemory {
  /** `nats` or `redis`, for people. */
  readonly store: string;
  /** The newest value; `undefined` when there is none. */
  read(key: string): Promise<Versioned | undefined>;
  /**
   * Writes if the key's version still is `expected`; 0: there must be no value.
   * @returns the new version; `undefined` when somebody else has written since: read again, and decide again
   */
  writeIfVersion(key: string, value: Json, expected: number): Promise<number | undefined>;
  /** @returns whether it is removed; not when its version is another */
  removeIfVersion(key: string, expected: number): Promise<boolean>;
}
