/** Short-term memory of one agent or one conversation: bounded in size, with an expiry time. */
import { InvalidOptionError, ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { exactJson } from './exact-json.ts';

/** Implemented by NATS KV, Redis. Contract: `test/contract/memory/working-contract.ts`. */
export interface WorkingMemory {
  /** `nats` or `redis`, for display. */
  readonly store: string;
  /** Reads a value. @param scope the id of an agent, or of a root intent */
  get(scope: string, key: string): Promise<Json | undefined>;
  /**
   * Keeps a value until it expires. A scope holds `workingLimits.entries` values: beyond that, the oldest is evicted.
   * @throws WorkingValueTooLargeError above `workingLimits.valueBytes`; InvalidOptionError for a `ttlMs` out of bounds;
   * InvalidIdError for a scope or a key with lone surrogates; MemoryValueError for a value that is not JSON
   */
  set(scope: string, key: string, value: Json, options?: WorkingOptions): Promise<void>;
  /** Returns all values of a scope, by key. */
  entries(scope: string): Promise<Readonly<Record<string, Json>>>;
  delete(scope: string, key: string): Promise<void>;
  clear(scope: string): Promise<void>;
}

export interface WorkingOptions {
  /** Milliseconds; one hour by default, 24 hours at most. */
  readonly ttlMs?: number;
}

export const workingLimits: {
  readonly entries: number;
  readonly valueBytes: number;
  readonly ttlMs: number;
  readonly longestTtlMs: number;
} = Object.freeze({
  /** Values of one scope: as many as one reasoning loop looks at. */
  entries: 64,
  valueBytes: 64 * 1024,
  ttlMs: 3_600_000,
  longestTtlMs: 86_400_000,
});

const optionNames = namesOf<WorkingOptions>({ ttlMs: true });

/** Larger values do not suit a reasoning loop: they belong in the store that they came from. */
export class WorkingValueTooLargeError extends ParleyError {
  readonly scope: string;
  readonly key: string;
  readonly bytes: number;

  constructor(scope: string, key: string, bytes: number) {
    super(
      'PARLEY_WORKING_VALUE_TOO_LARGE',
      `the value of "${key.slice(0, 80)}" in the working memory of "${scope.slice(0, 80)}" has ${bytes} bytes, ` +
        `and at most ${workingLimits.valueBytes} are kept: keep a summary, or where it is`,
    );
    this.scope = scope;
    this.key = key;
    this.bytes = bytes;
  }
}

/** Encodes a value as JSON. @throws WorkingValueTooLargeError, MemoryValueError */
export function encodeWorking(scope: string, key: string, value: Json): string {
  const text = exactJson('working memory', value);
  const bytes = Buffer.byteLength(text);
  if (bytes > workingLimits.valueBytes) throw new WorkingValueTooLargeError(scope, key, bytes);
  return text;
}

/** @throws InvalidOptionError */
export function ttlOf(options: WorkingOptions = {}): number {
  checkOptions('working memory', options, optionNames);
  const { ttlMs = workingLimits.ttlMs } = options;
  if (Number.isSafeInteger(ttlMs) && ttlMs >= 1 && ttlMs <= workingLimits.longestTtlMs) return ttlMs;
  throw new InvalidOptionError(
    'ttlMs',
    `a whole number of milliseconds from 1 to ${workingLimits.longestTtlMs}`,
    ttlMs,
  );
}
