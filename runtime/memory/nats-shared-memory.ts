/** Shared memory in a NATS key-value bucket: a value's version is the revision of its entry. */
import type { Json } from '../core/json.ts';
import { isObject } from '../core/json.ts';
import { type Register, RevisionConflictError } from '../transport/index.ts';
import { storeKey } from './memory-keys.ts';
import type { SharedMemory, Versioned } from './shared-memory.ts';

/**
 * An entry is `{"value": …}`, or `{}` when its value was removed: revisions go on from there, so no version comes twice, and
 * whoever holds one from before the removal writes nothing.
 */
export function natsSharedMemory(register: Register): SharedMemory {
  return new NatsSharedMemory(register);
}

class NatsSharedMemory implements SharedMemory {
  readonly store = 'nats';
  readonly #register: Register;

  constructor(register: Register) {
    this.#register = register;
  }

  async read(key: string): Promise<Versioned | undefined> {
    const found = await this.#register.read(storeKey(key));
    return found === undefined ? undefined : versioned(found);
  }

  async writeIfVersion(key: string, value: Json, expected: number): Promise<number | undefined> {
    const written = await this.#write(key, { value }, expected);
    if (written !== undefined || expected !== 0) return written;
    // somebody may have removed what was there: then there is an entry, and no value
    const found = await this.#register.read(storeKey(key));
    if (found === undefined || versioned(found) !== undefined) return undefined;
    return this.#write(key, { value }, found.revision);
  }

  async removeIfVersion(key: string, expected: number): Promise<boolean> {
    if (expected === 0) return false;
    return (await this.#write(key, {}, expected)) !== undefined;
  }

  async #write(key: string, entry: Json, expected: number): Promise<number | undefined> {
    try {
      return await this.#register.write(storeKey(key), JSON.stringify(entry), expected);
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
