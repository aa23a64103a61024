/** Shared memory without versions, to show what versions are worth: the last writer wins. */
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';

export function unversioned(shared: SharedMemory): SharedMemory {
  return {
    store: `${shared.store}, without versions`,
    read: (key) => shared.read(key),
    async writeIfVersion(key, value) {
      for (;;) {
        const found = await shared.read(key);
        const written = await shared.writeIfVersion(key, value, found?.version ?? 0);
        if (written !== undefined) return written;
      }
    },
    async removeIfVersion(key) {
      const found = await shared.read(key);
      return found !== undefined && shared.removeIfVersion(key, found.version);
    },
  };
}
