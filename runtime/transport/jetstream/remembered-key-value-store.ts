/** A store whose few, final entries survive the loss of their stream, as far as this node has seen them. */
import type { Entry, KeyedEntry, KeyValueStore } from '../key-value-store.ts';
import { RevisionConflictError } from '../transport-errors.ts';

export class RememberedKeyValueStore implements KeyValueStore {
  readonly #store: KeyValueStore;
  readonly #seen = new Map<string, string>();

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  async read(key: string): Promise<Entry | undefined> {
    const entry = await this.#store.read(key);
    if (entry !== undefined) this.#seen.set(key, entry.value);
    return entry;
  }

  async write(key: string, value: string, expected: number): Promise<number> {
    const revision = await this.#store.write(key, value, expected);
    this.#seen.set(key, value);
    return revision;
  }

  list(prefix: string): Promise<readonly KeyedEntry[]> {
    return this.#store.list(prefix);
  }

  async remove(key: string): Promise<void> {
    await this.#store.remove(key);
    this.#seen.delete(key);
  }

  /** Writes the seen entries into an empty stream; keeps those that another node wrote before. */
  async restore(): Promise<void> {
    for (const [key, value] of this.#seen) {
      try {
        await this.#store.write(key, value, 0);
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }
}
