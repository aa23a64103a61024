/**
 * Which acts were begun. The key of an act is its cause, the intent in whose handling it is done when that is another one, agent,
 * action, resource, and which one of these it is; under it stands the hash of what was begun, written by compare-and-set before
 * anything is executed. So a repeated attempt is recognised, and another act in its place is not done.
 */
import { hashOf } from '../core/canonical-json.ts';
import { isObject } from '../core/json.ts';
import type { ActStore } from './act-store.ts';

/** What stands under a key. */
export interface ActRecord {
  /** Of the action that was begun; `null` while all that was tried in its place was denied. */
  readonly hash: string | null;
  /** Of the newest decision on it. */
  readonly trace_id: string;
}

/** An intent, apart from those of other senders: two may use one intent id. */
export type IntentIdentity = {
  readonly from_agent: string;
  readonly intent_id: string;
};

export interface ActIdentity extends IntentIdentity {
  /** The intent in hand, when the act is done for an earlier one: each handling that acts for a cause does acts of its own. */
  readonly handled?: IntentIdentity;
  readonly agent: string;
  readonly action: string;
  readonly resource: string;
  readonly ordinal: number;
}

export function actKey({ from_agent, intent_id, handled, agent, action, resource, ordinal }: ActIdentity): string {
  const wanted = handled === undefined ? [] : [handled.from_agent, handled.intent_id];
  return `act_${hashOf([from_agent, intent_id, ...wanted, agent, action, resource, ordinal]).slice(0, 40)}`;
}

/** Whoever else writes under the same key is a predecessor of this attempt that has not noticed that it is over. */
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

  /** @param next its hash is that of the act which is about to be executed, or `null` when it was denied */
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

/** @throws Error when somebody else has written there: what was begun is not known then */
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
