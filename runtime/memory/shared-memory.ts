/** Memory that agents share: every value has a version, and a write says which one it replaces. */
import { ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { exactJson } from './exact-json.ts';

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
   * @throws SharedValueTooLargeError above `sharedLimits.valueBytes`; MemoryValueError for what is no JSON; InvalidIdError for a key with lone surrogates
   */
  writeIfVersion(key: string, value: Json, expected: number): Promise<number | undefined>;
  /** @returns whether it is removed; not when its version is another */
  removeIfVersion(key: string, expected: number): Promise<boolean>;
}

export const sharedLimits: { readonly valueBytes: number } = Object.freeze({
  /** As JSON. A message of NATS holds 1 MiB. */
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

/** @throws SharedValueTooLargeError, MemoryValueError */
export function encodeShared(key: string, value: Json): string {
  const text = exactJson('shared memory', value);
  const bytes = Buffer.byteLength(text);
  if (bytes > sharedLimits.valueBytes) throw new SharedValueTooLargeError(key, bytes);
  return text;
}
