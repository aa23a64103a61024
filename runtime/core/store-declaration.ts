/** The form of an entry in the catalogue of stores (`stores.ts`): a log or a key-value bucket. */

/** Roles beside nodes that may read a store (`runtime/gateway/README.md`, "NATS permissions"). */
export type StoreReader = 'client' | 'operator' | 'observer';

/** Fields that logs and buckets share. */
export interface StoreDeclaration {
  /** Its content, for people. */
  readonly description: string;
  /** The form of its keys, for people. */
  readonly key: string;
  /** Its writers, for people. NATS permissions let only nodes write. */
  readonly writtenBy: string;
  readonly readBy: readonly StoreReader[];
  /** Disk that the server reserves, MiB: in a mesh with enough room, and the minimum. */
  readonly mib: { readonly full: number; readonly least: number };
  /** 0: records are kept permanently. */
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
  /** Number of newest records kept per key. 0: unlimited. */
  readonly maxPerKey: number;
  /** Deduplication window for message ids. */
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
  /** Refuses a stream that is configured to expire entries by age: an expired entry would be made again, differently. */
  readonly mustKeep: boolean;
  /** After the stream was lost and made again, nodes write back what they have read: entries are few, each decided once. */
  readonly isRestored: boolean;
}
