/** Which accepted intents are still to be finished. Either may be learnt first. */

export class Ledger {
  readonly #open = new Set<string>();
  /** Finished, and not known to be accepted: their senders have no answer yet, or never get one. */
  readonly #early = new Set<string>();
  #accepted = 0;

  get accepted(): number {
    return this.#accepted;
  }

  /** Accepted, and not known to be finished. */
  get open(): number {
    return this.#open.size;
  }

  accept(id: string): void {
    this.#accepted++;
    if (!this.#early.delete(id)) this.#open.add(id);
  }

  /** Handled, or kept as a dead letter; an intent that is both may be told of twice. */
  finish(id: string): void {
    if (!this.#open.delete(id)) this.#early.add(id);
  }
}
