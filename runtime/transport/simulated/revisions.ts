/** The store's side of a key-value store: the last value of each key, revisions counted by one sequence for all keys. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, KeyedEntry } from '../key-value-store.ts';
import { RevisionConflictError } from '../transport-errors.ts';

export class Revisions {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  list(prefix: string): readonly KeyedEntry[] {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(`${prefix}.`)).sort();
    return keys.flatMap((key) => {
      const entry = this.#entries.get(key);
      return entry === undefined ? [] : [{ key, ...entry }];
    });
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  /** @throws RevisionConflictError */
  write(key: string, value: string, expected: number): number {
    if ((this.#entries.get(key)?.revision ?? 0) !== expected) throw new RevisionConflictError(key, expected);
    const revision = ++this.#sequence;
    this.#entries.set(key, Object.freeze({ value, revision, storedAt: this.#clock.now() }));
    return revision;
  }
}
