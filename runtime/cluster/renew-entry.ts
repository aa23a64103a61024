/** Renews an entry of the directory or the registry: writes it again, because its age counts from its last write. */
import type { Expiring } from '../core/expiry.ts';
import { type RecordShape, readStored } from '../core/stored-record.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';

/**
 * Changes nothing of the entry but its time to expire: a newer deploy may have written the rest.
 * @param own written when there is no entry
 * @throws UnreadableRecordError: the content is unknown, so it must not be overwritten
 */
export async function renewEntry<T extends Expiring & object>(
  store: Pick<KeyValueStore, 'read' | 'write'>,
  shape: RecordShape<T>,
  key: string,
  own: T,
): Promise<void> {
  const found = await store.read(key);
  const record = found === undefined ? own : readStored(shape, { key, text: found.value });
  const renewed = own.expire_after_ms === undefined ? record : { ...record, expire_after_ms: own.expire_after_ms };
  try {
    await store.write(key, JSON.stringify(renewed), found?.revision ?? 0);
  } catch (error) {
    // another node wrote it in between, which renews it as well
    if (!(error instanceof RevisionConflictError)) throw error;
  }
}
