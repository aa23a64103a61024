/** The events of the simulated store in order, which must be equal in two runs of one seed. */
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

  /** One line per event: milliseconds, kind, object. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** SHA-256 of the lines so far, in hex. */
  hash(): string {
    return this.#hash.copy().digest('hex');
  }
}
