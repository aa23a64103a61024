/** The expiry of an entry of the directory or the registry: no node has renewed it, by the store's clock, for the time that it names. */
import {
  type Check,
  isCount,
  orAbsent,
  type RecordShape,
  readAllStored,
  type UnreadableRecord,
} from './stored-record.ts';

export interface Expiring {
  /** Absent in entries of releases that renew nothing: those do not expire. */
  readonly expire_after_ms?: number;
}

export const expiryFields: { readonly expire_after_ms: Check } = { expire_after_ms: orAbsent(isCount) };

/** Tells the ages of entries by the store's clock, whatever the wall clock of this process reads. */
export interface EntryAges {
  /** Minimum age in milliseconds; 0 while the store's time is unknown, so that nothing expires on a guess. */
  ageOf(storedAt: number): number;
  /** Asks for the store's time, unless it is known. @param pool one whose stream exists. */
  learn(pool: string): Promise<void>;
}

/** An entry as it lies in its bucket. */
export interface StoredEntry {
  readonly key: string;
  readonly value: string;
  readonly storedAt: number;
}

const dayMs = 86_400_000;
/** A node that cannot write for most of the time still keeps its entries. */
const renewalsPerExpiry = 30;

export const hasExpired = ({ expire_after_ms }: Expiring, ageMs: number): boolean =>
  expire_after_ms !== undefined && ageMs > expire_after_ms;

/** Time between two renewals. */
export const renewalMs = (expireAfterMs: number): number => Math.min(dayMs, expireAfterMs / renewalsPerExpiry);

/** The ages of a reader that never asks for the store's time: nothing expires. */
export const unknownAges: EntryAges = Object.freeze({ ageOf: () => 0, learn: () => Promise.resolve() });

/** A record that has not expired, with its key. */
export interface CurrentEntry<T> {
  readonly key: string;
  readonly record: T;
}

/** Reads the entries that have not expired. */
export async function currentEntries<T extends Expiring & { readonly pool: string }>(
  shape: RecordShape<T>,
  entries: readonly StoredEntry[],
  ages: EntryAges,
): Promise<{ readonly current: readonly CurrentEntry<T>[]; readonly unreadable: readonly UnreadableRecord[] }> {
  const readings = entries.map((entry) => ({
    ...entry,
    ...readAllStored(shape, [{ key: entry.key, text: entry.value }]),
  }));
  const found = readings.flatMap(({ key, storedAt, records }) => records.map((record) => ({ key, storedAt, record })));
  const expiring = found.find(({ record }) => record.expire_after_ms !== undefined);
  if (expiring !== undefined) await ages.learn(expiring.record.pool);
  return {
    current: found.filter(({ record, storedAt }) => !hasExpired(record, ages.ageOf(storedAt))),
    unreadable: readings.flatMap(({ unreadable }) => unreadable),
  };
}
