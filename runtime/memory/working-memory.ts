/** Short-term context of one agent or one conversation: bounded in size, and gone after a while. */
import { InvalidOptionError, ParleyError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { exactJson } from './exact-json.ts';

/** Adapters: NATS KV, Redis. One contract: `test/contract/memory/working-contract.ts`. */
export interface WorkingMemory {
  /** `nats` or `redis`, for people. */
  readonly store: string;
  /** @param scope an agent's id, or a root intent's */
  get(scope: string, key: string): Promise<Json | undefined>;
  /**
   * Keeps a value until its time is over. A scope holds `workingLimits.entries`: beyond that the oldest is let go.
   * @throws WorkingValueTooLargeError above `workingLimits.valueBytes`; InvalidOptionError for a `ttlMs` out of bounds;
   * InvalidIdError for a scope or a key with lone surrogates; MemoryValueError for what is no JSON
   */
  set(scope: string, key: string, value: Json, options?: WorkingOptions): Promise<void>;
  /** Everything of a scope, by key. */
  entries(scope: string): Promise<Readonly<Record<string, Json>>>;
  delete(scope: string, key: string): Promise<void>;
  clear(scope: string): Promise<void>;
}

export interface WorkingOptions {
  /** Milliseconds; an hour by default, at most 24. */
  readonly ttlMs?: number;
}

export const workingLimits: {
  readonly entries: number;
  readonly valueBytes: number;
  readonly ttlMs: number;
  readonly longestTtlMs: number;
} = Object.freeze({
  /** Of one scope: what one reasoning loop looks at. */
  entries: 64,
  valueBytes: 64 * 1024,
  ttlMs: 3_600_000,
  longestTtlMs: 86_400_000,
});

/** Not a value for a reasoning loop to look at: what is as large belongs where it came from. */
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

/** A value's JSON. @throws WorkingValueTooLargeError, MemoryValueError */
export function encodeWorking(scope: string, key: string, value: Json): string {
  const text = exactJson('working memory', value);
  const bytes = Buffer.byteLength(text);
  if (bytes > workingLimits.valueBytes) throw new WorkingValueTooLargeError(scope, key, bytes);
  return text;
}

/** @throws InvalidOptionError */
export function ttlOf({ ttlMs = workingLimits.ttlMs }: WorkingOptions = {}): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs >= 1 && ttlMs <= workingLimits.longestTtlMs) return ttlMs;
  throw new InvalidOptionError(
    'ttlMs',
    `a whole number of milliseconds from 1 to ${workingLimits.longestTtlMs}`,
    ttlMs,
  );
}
