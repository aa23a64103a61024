/** What the catalogue of stores (`stores.ts`) says of a log or key-value bucket. */

/** Roles beside nodes that may read a store (`runtime/gateway/README.md`, "NATS permissions"). */
export type StoreReader = 'client' | 'operator' | 'observer';

/** What logs and buckets have in common. */
export interface StoreDeclaration {
  /** What it holds, for people. */
  readonly description: string;
  /** The form of its keys, for people. */
  readonly key: string;
  /** Who writes it, for people. NATS lets nodes alone write. */
  readonly writtenBy: string;
  readonly readBy: readonly StoreReader[];
  /** Disk that the server sets aside, MiB: in a mesh that has all the room it wants, and what the store can work with. */
  readonly mib: { readonly full: number; readonly least: number };
  /** 0: kept for ever. */
  readonly maxAgeDays: number;
  readonly whenFull: 'drop_oldest' | 'refuse_new';
}

/** A stream of records that are appended and never changed. */
export interface LogDeclaration extends StoreDeclaration {
  /** It is `<MESH>_<STREAM>` on the server. */
  readonly stream: string;
  /** The subject of a record is `<mesh>.<subject>.<key>`. */
  readonly subject: string;
  /** 0: unlimited. */
  readonly maxRecords: number;
  /** The newest of each key that are kept. 0: unlimited. */
  readonly maxPerKey: number;
  /** For how long a record is stored once per message id. */
  readonly dedupeMs: number;
}

/**
 * - `bucket`: `<mesh>_<bucket>`, which every NATS key-value client reads (ADR-8).
 * - `stream`: on `<mesh>.<subject>.<key>` of `<MESH>_<STREAM>`, which keeps the last message of other subjects, too.
 */
export type BucketPlace =
  | { readonly bucket: string }
  | { readonly stream: string; readonly subject: string; readonly otherSubjects: readonly string[] };

/**
 * - `none`: every NATS key-value client may remove entries.
 * - `no_deletes`: the server deletes no single message.
 * - `guarded`: nothing is ever removed, and it is read by one subject alone, which permissions can refuse.
 */
export type BucketProtection = 'none' | 'no_deletes' | 'guarded';

/** The last value of each key, written by compare-and-set. */
export interface BucketDeclaration extends StoreDeclaration {
  readonly place: BucketPlace;
  readonly protection: BucketProtection;
  /** Refuse a stream that forgets by age, whoever set that: a forgotten entry would be made anew, and differently. */
  readonly mustKeep: boolean;
  /** Nodes write what they have read of it into a stream that was lost and made again: entries are few, and decided once. */
  readonly isRestored: boolean;
}
