/** Shared memory in a NATS key-value bucket: the version of a value is the revision of its entry. */
import type { Json } from '../core/json.ts';
import { isObject } from '../core/json.ts';
import { needMethods } from '../core/options.ts';
import { type Random, systemRandom } from '../core/random.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';
import { storeKey } from './memory-keys.ts';
import { encodeShared, type SharedMemory, type Versioned } from './shared-memory.ts';
import { writeId } from './write-id.ts';

/**
 * An entry is `{"v":1,"by":"…","value":…}`, or has no value after a removal. Revisions continue after a removal, so no version
 * repeats, and a writer that holds a version from before the removal writes nothing. A removed key costs one such entry.
 *
 * `by` is unique for every write. After a lost answer, the store reads the entry and takes an equal text for its own write; several
 * writers that increment a number would write equal values.
 */
export function natsSharedMemory(entries: KeyValueStore, random: Random = systemRandom): SharedMemory {
  needMethods('entries', entries, ['read', 'write']);
  return new NatsSharedMemory(entries, random);
}

class NatsSharedMemory implements SharedMemory {
  readonly store = 'nats';
  readonly #entries: KeyValueStore;
  readonly #random: Random;

  constructor(entries: KeyValueStore, random: Random) {
    this.#entries = entries;
    this.#random = random;
  }

  async read(key: string): Promise<Versioned | undefined> {
    const found = await this.#entries.read(storeKey(key));
    return found === undefined ? undefined : versioned(found);
  }

  async writeIfVersion(key: string, value: Json, expected: number): Promise<number | undefined> {
    const fields = `,"value":${encodeShared(key, value)}`;
    const written = await this.#write(key, fields, expected);
    if (written !== undefined || expected !== 0) return written;
    // another writer may have removed the value: then the entry exists, without a value
    const found = await this.#entries.read(storeKey(key));
    if (found === undefined || versioned(found) !== undefined) return undefined;
    return this.#write(key, fields, found.revision);
  }

  async removeIfVersion(key: string, expected: number): Promise<boolean> {
    const found = await this.read(key);
    if (found === undefined || found.version !== expected) return false;
    return (await this.#write(key, '', expected)) !== undefined;
  }

  async #write(key: string, fields: string, expected: number): Promise<number | undefined> {
    if (!Number.isSafeInteger(expected) || expected < 0) return undefined;
    try {
      return await this.#entries.write(storeKey(key), `{"v":1,"by":"${writeId(this.#random)}"${fields}}`, expected);
    } catch (error) {
      if (error instanceof RevisionConflictError) return undefined;
      throw error;
    }
  }
}

function versioned({ value, revision }: { readonly value: string; readonly revision: number }): Versioned | undefined {
  const entry = JSON.parse(value) as unknown;
  return isObject(entry) && 'value' in entry ? { value: entry.value as Json, version: revision } : undefined;
}
