/**
 * Records which acts were begun. The hash of the act is written under its key by compare-and-set, before anything is executed. A
 * repeated attempt is thus recognised, and another act in its place is not done.
 */
import { isObject } from '../core/json.ts';
import type { ActIdentity } from './act-key.ts';
import type { ActStore } from './act-store.ts';

/** The record of one act, stored under its key. */
export interface ActRecord {
  /** The hash of the action that was begun; `null` while every act tried under this key was denied. */
  readonly hash: string | null;
  /** The trace of the newest decision on the act. */
  readonly trace_id: string;
}

/** Attempts at a compare-and-set. Only an earlier attempt that has not noticed its end writes under the same key. */
const mostTries = 8;

export type Claim = { readonly kind: 'claimed' | 'contended' } | { readonly kind: 'diverged'; readonly begun: string };

export class ActRecords {
  readonly #store: ActStore;

  constructor(store: ActStore) {
    this.#store = store;
  }

  async read(key: string): Promise<ActRecord | undefined> {
    return (await this.#read(key)).record;
  }

  /** Claims the key. @param next has the hash of the act that is about to be executed, or `null` when it was denied */
  async claim(key: string, identity: ActIdentity, next: ActRecord): Promise<Claim> {
    for (let tries = 0; tries < mostTries; tries++) {
      const { record, revision } = await this.#read(key);
      const begun = record?.hash ?? null;
      if (begun !== null && next.hash !== null && begun !== next.hash) return { kind: 'diverged', begun };
      const written = { v: 1, ...identity, ...next, hash: next.hash ?? begun };
      if (await this.#store.writeIf(storedUnder(key), JSON.stringify(written), revision)) return { kind: 'claimed' };
    }
    return { kind: 'contended' };
  }

  async #read(key: string): Promise<{ readonly record: ActRecord | undefined; readonly revision: number }> {
    const found = await this.#store.read(storedUnder(key));
    if (found === undefined) return { record: undefined, revision: 0 };
    return { record: recordOf(found.value), revision: found.revision };
  }
}

const storedUnder = (key: string): string => `act.${key.slice('act_'.length)}`;

/** Parses a record. @throws Error when its form is unknown: the act that was begun cannot be read from it */
function recordOf(text: string): ActRecord {
  const record = JSON.parse(text) as unknown;
  if (!isObject(record) || record.v !== 1)
    throw new Error('the record of the act has a form that this version does not know');
  const { hash, trace_id } = record;
  if ((hash !== null && typeof hash !== 'string') || typeof trace_id !== 'string') {
    throw new Error('the record of the act is damaged');
  }
  return { hash, trace_id };
}
