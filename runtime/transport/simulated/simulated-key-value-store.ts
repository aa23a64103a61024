/** A key-value store as one connection sees it: each read or write is a request, repeated until an answer comes. */
import type { BucketName } from '../../core/stores.ts';
import { recordSubject } from '../../core/subjects.ts';
import type { Entry, KeyValueStore } from '../key-value-store.ts';
import { RevisionConflictError } from '../transport-errors.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Requests } from './requests.ts';

export function simulatedKeyValueStore(
  broker: SimulatedBroker,
  which: BucketName,
  requests: Requests,
  by: string,
): KeyValueStore {
  const revisions = broker.bucket(which);
  const write = (key: string, value: string, expected: number): number => {
    const revision = revisions.write(key, value, expected);
    broker.note('write', by, which, key, revision);
    return revision;
  };
  const checked = (key: string): string => {
    recordSubject(which, key);
    return key;
  };
  return {
    list: async (prefix) => requests.ask(`listing "${checked(prefix)}"`, () => revisions.list(prefix)),
    remove: async (key) => requests.ask(`removing "${checked(key)}"`, () => revisions.remove(key)),
    read: async (key): Promise<Entry | undefined> =>
      requests.ask(`reading "${checked(key)}"`, () => revisions.read(key)),
    write: async (key, value, expected) =>
      requests.ask(`writing "${checked(key)}"`, (attempt) => {
        try {
          return write(key, value, expected);
        } catch (error) {
          const found = revisions.read(key);
          const ours = found !== undefined && found.revision > expected && found.value === value;
          if (attempt > 0 && ours && error instanceof RevisionConflictError) return found.revision;
          throw error;
        }
      }),
  };
}
