/** Tracks which accepted intents are not finished yet. Acceptance and end may arrive in either order. */

export class Ledger {
  readonly #open = new Set<string>();
  /** Finished without known acceptance: their senders have no answer yet, or never get one. */
  readonly #early = new Set<string>();
  #accepted = 0;

  get accepted(): number {
    return this.#accepted;
  }

  /** Accepted without a known end. */
  get open(): number {
    return this.#open.size;
  }

  accept(id: string): void {
    this.#accepted++;
    if (!this.#early.delete(id)) this.#open.add(id);
  }

  /** Records an end: handled, or dead-lettered; an intent with both may be reported twice. */
  finish(id: string): void {
    if (!this.#open.delete(id)) this.#early.add(id);
  }
}
