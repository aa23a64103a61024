/** Counts the intents of a round, each of which must arrive exactly once. */

export class DeliveryCounter {
  readonly #seen: Uint8Array;
  #count = 0;
  #repeats = 0;

  constructor(intents: number) {
    this.#seen = new Uint8Array(intents);
  }

  /** Different intents. */
  get count(): number {
    return this.#count;
  }

  /** Repeated intents. */
  get repeats(): number {
    return this.#repeats;
  }

  get complete(): boolean {
    return this.#count === this.#seen.length;
  }

  has(n: number): boolean {
    return this.#seen[n] === 1;
  }

  add(n: number): void {
    if (this.#seen[n] === 0) this.#count++;
    else this.#repeats++;
    this.#seen[n] = 1;
  }
}
