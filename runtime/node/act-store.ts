/** The store of acts as acting needs it: a write that loses the compare-and-set is an answer, not an error. */
import type { ActStore } from '../policy/act-store.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';

export function actStore(store: KeyValueStore): ActStore {
  return {
    read: (key) => store.read(key),
    async writeIf(key, value, expected) {
      try {
        await store.write(key, value, expected);
        return true;
      } catch (error) {
        if (error instanceof RevisionConflictError) return false;
        throw error;
      }
    },
  };
}
