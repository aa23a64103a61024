/** Entries of a mesh's registry: kinds with what they accept, or nodes with what they serve. Running agents have no entries. */
import { type Expiring, expiryFields } from './expiry.ts';
import type { IntentShape } from './intent-shape.ts';
import { isBoolean, isCount, isRecord, isText, listOf, type RecordShape, recordOf } from './stored-record.ts';

export interface KindEntry extends Expiring {
  readonly v: 1;
  readonly kind: string;
  readonly pool: string;
  /** True when every agent of the kind has a key. */
  readonly keyed: boolean;
  /** Ids of the agents that a broadcast reaches. */
  readonly broadcasts: readonly string[];
  /** The intent types that it accepts. */
  readonly intents: Readonly<Record<string, IntentShape>>;
}

export interface NodeEntry extends Expiring {
  readonly v: 1;
  readonly node: string;
  readonly pool: string;
  readonly kinds: readonly string[];
  readonly state: 'serving' | 'standby' | 'draining';
  /** ISO 8601. */
  readonly started_at: string;
  readonly host: string;
  readonly pid: number;
}

/** Key prefixes of all kinds, and of all nodes. */
export const registryPrefixes: { readonly kind: 'kind'; readonly node: 'node' } = Object.freeze({
  kind: 'kind',
  node: 'node',
});

export const kindShape: RecordShape<KindEntry> = {
  what: 'kind in the registry',
  fields: {
    kind: isText,
    pool: isText,
    keyed: isBoolean,
    broadcasts: listOf(isText),
    intents: recordOf(isRecord),
    ...expiryFields,
  },
};

export const nodeShape: RecordShape<NodeEntry> = {
  what: 'node in the registry',
  // a later release may have other states
  fields: {
    node: isText,
    pool: isText,
    kinds: listOf(isText),
    state: isText,
    started_at: isText,
    host: isText,
    pid: isCount,
    ...expiryFields,
  },
};
