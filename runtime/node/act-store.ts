/** The register of acts, as acting needs it: a write that comes too late is an answer, not an error. */
import type { ActStore } from '../policy/act-store.ts';
import { type Register, RevisionConflictError } from '../transport/index.ts';

export function actStore(register: Register): ActStore {
  return {
    read: (key) => register.read(key),
    async writeIf(key, value, expected) {
      try {
        await register.write(key, value, expected);
        return true;
      } catch (error) {
        if (error instanceof RevisionConflictError) return false;
        throw error;
      }
    },
  };
}
