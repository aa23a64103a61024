/** Memory that agents share: every value has a version, and each write names the version that it replaces. */
import { ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { exactJson } from './exact-json.ts';

export interface Versioned {
  readonly value: Json;
  /** Grows with every write of this key. A version is never reused, not even after a removal. */
  readonly version: number;
}

/** Implemented by NATS KV, Redis. Contract: `test/contract/memory/shared-contract.ts`. */
export interface SharedMemory {
  /** `nats` or `redis`, for display. */
  readonly store: string;
  /** Reads the newest value; `undefined` when there is none. */
  read(key: string): Promise<Versioned | undefined>;
  /**
   * Writes if the version of the key is still `expected`; 0 means that there must be no value.
   * @returns the new version; `undefined` when another writer has changed it: read again, then decide again
   * @throws SharedValueTooLargeError above `sharedLimits.valueBytes`; MemoryValueError for a value that is not JSON; InvalidIdError
   * for a key with lone surrogates
   */
  writeIfVersion(key: string, value: Json, expected: number): Promise<number | undefined>;
  /** Removes the value. @returns whether it was removed; false when its version is another */
  removeIfVersion(key: string, expected: number): Promise<boolean>;
}

export const sharedLimits: { readonly valueBytes: number } = Object.freeze({
  /** Bytes as JSON. A NATS message holds 1 MiB. */
  valueBytes: 512 * 1024,
});

export class SharedValueTooLargeError extends ParleyError {
  constructor(key: string, bytes: number) {
    super(
      'PARLEY_SHARED_VALUE_TOO_LARGE',
      `the value of "${key.slice(0, 80)}" has ${bytes} bytes, and shared memory keeps at most ${sharedLimits.valueBytes}: ` +
        'share where it is instead, or split it into several keys',
    );
  }
}

/** Encodes a value. @throws SharedValueTooLargeError, MemoryValueError */
export function encodeShared(key: string, value: Json): string {
  const text = exactJson('shared memory', value);
  const bytes = Buffer.byteLength(text);
  if (bytes > sharedLimits.valueBytes) throw new SharedValueTooLargeError(key, bytes);
  return text;
}
