/** Everything that happened at the simulated store, in order: what two runs of one seed must have in common. */
import { createHash, type Hash } from 'node:crypto';

export class History {
  readonly #lines: string[] = [];
  readonly #hash: Hash = createHash('sha256');

  /** @param atMs simulated time; `details` in the order in which they are to be read */
  add(atMs: number, event: string, ...details: readonly (string | number)[]): void {
    const line = [atMs.toFixed(3), event, ...details].join(' ');
    this.#lines.push(line);
    this.#hash.update(`${line}\n`);
  }

  /** One event each: milliseconds, what happened, to what. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** SHA-256 of the lines so far, in hex. */
  hash(): string {
    return this.#hash.copy().digest('hex');
  }
}
