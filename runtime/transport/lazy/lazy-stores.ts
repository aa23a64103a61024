/** Logs or buckets of a store that is not yet connected: every call waits for the connection. */
import type { BucketName, LogName } from '../../core/stores.ts';
import type { KeyValueStore } from '../key-value-store.ts';
import { type RecordLog, usualRecordBytes } from '../record-log.ts';
import type { Connecting } from './connecting.ts';

export function lazyLog(connecting: Connecting, name: LogName): RecordLog {
  const reached = async (): Promise<RecordLog> => (await connecting.reached(`asking for "${name}"`)).log(name);
  return {
    get maxBytes() {
      return connecting.transport?.log(name).maxBytes ?? usualRecordBytes;
    },
    append: async (record) => (await reached()).append(record),
    next: async (seq, key) => (await reached()).next(seq, key),
    latest: async (key) => (await reached()).latest(key),
    last: async () => (await reached()).last(),
  };
}

export function lazyBucket(connecting: Connecting, name: BucketName): KeyValueStore {
  const reached = async (key: string): Promise<KeyValueStore> =>
    (await connecting.reached(`asking for "${key}"`)).bucket(name);
  return {
    read: async (key) => (await reached(key)).read(key),
    write: async (key, value, expected) => (await reached(key)).write(key, value, expected),
    list: async (prefix) => (await reached(prefix)).list(prefix),
    remove: async (key) => (await reached(key)).remove(key),
  };
}
