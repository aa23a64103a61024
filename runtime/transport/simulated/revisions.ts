/** The store's side of a register: the last value of each key, revisions counted by one sequence for all keys. */
import type { Entry } from '../transport.ts';
import { RevisionConflictError } from '../transport-errors.ts';

export class Revisions {
  readonly #entries = new Map<string, Entry>();
  #sequence = 0;

  read(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** @throws RevisionConflictError */
  write(key: string, value: string, expected: number): number {
    if ((this.#entries.get(key)?.revision ?? 0) !== expected) throw new RevisionConflictError(key, expected);
    const revision = ++this.#sequence;
    this.#entries.set(key, Object.freeze({ value, revision }));
    return revision;
  }
}
