/**
 * One lane inside the node: intents from one sender to one receiver, in the order accepted. The oldest carry their payload;
 * the rest are only their sequence, to be read again from the store when their turn comes near.
 */
import type { StoredMessage } from '../core/delivery.ts';
import type { MailboxSubject } from '../core/subjects.ts';
import { Fifo } from './fifo.ts';

export interface Held {
  readonly seq: number;
  readonly payload: Uint8Array;
  /** How often its handling has been started. */
  attempts: number;
}

export class Lane {
  readonly subject: string;
  readonly at: MailboxSubject;
  readonly #resident = new Fifo<Held>();
  readonly #evicted = new Fifo<number>();
  #busy: Held | undefined;
  /** Its payloads are on their way from the store. */
  loading = false;
  /** Its head waits for its next attempt. */
  pausing = false;
  /** It stands in its mailbox's round. */
  listed = false;

  constructor(subject: string, at: MailboxSubject) {
    this.subject = subject;
    this.at = at;
  }

  /** Everything held: waiting, and the one being handled. */
  get length(): number {
    return this.waiting + (this.#busy === undefined ? 0 : 1);
  }

  get waiting(): number {
    return this.#resident.length + this.#evicted.length;
  }

  get residents(): number {
    return this.#resident.length;
  }

  /** Where reading from the store must start; `undefined` when every waiting payload is here. */
  get firstEvicted(): number | undefined {
    return this.#evicted.peek();
  }

  /** Is this sequence in here? Sequences come in ascending order and leave from the front. */
  holds(seq: number): boolean {
    const oldest = this.#busy?.seq ?? this.#resident.peek()?.seq ?? this.#evicted.peek();
    return oldest !== undefined && seq >= oldest;
  }

  /** @returns whether the payload was kept; once one is left out, so are all after it */
  add(seq: number, payload: Uint8Array, keep: boolean): boolean {
    if (keep && this.#evicted.length === 0) {
      this.#resident.push({ seq, payload, attempts: 0 });
      return true;
    }
    this.#evicted.push(seq);
    return false;
  }

  /** Takes the head for handling; `undefined` when its payload is not here or there is none. */
  take(): Held | undefined {
    this.#busy = this.#resident.shift();
    return this.#busy;
  }

  /** Lets go of what waits, oldest first: the bytes that this frees, `undefined` when nothing waits. */
  drop(): number | undefined {
    const held = this.#resident.shift();
    if (held !== undefined) return held.payload.length;
    return this.#evicted.shift() === undefined ? undefined : 0;
  }

  /** The one being handled is done with. */
  finish(): void {
    this.#busy = undefined;
  }

  /** The one being handled goes back to the head: it will be tried again. */
  putBack(): void {
    if (this.#busy !== undefined) this.#resident.unshift(this.#busy);
    this.#busy = undefined;
  }

  /**
   * Takes in payloads read again, which start at `firstEvicted`.
   * @returns the bytes taken in, and the sequences that the store no longer has
   */
  load(found: readonly StoredMessage[]): { readonly bytes: number; readonly gone: readonly number[] } {
    const gone: number[] = [];
    const last = found.at(-1)?.seq ?? this.#evicted.peek() ?? 0;
    let bytes = 0;
    let next = 0;
    for (let seq = this.#evicted.peek(); seq !== undefined && seq <= last; seq = this.#evicted.peek()) {
      this.#evicted.shift();
      while ((found[next]?.seq ?? Number.POSITIVE_INFINITY) < seq) next++;
      const message = found[next];
      if (message?.seq === seq) {
        this.#resident.push({ seq, payload: message.payload, attempts: 0 });
        bytes += message.payload.length;
      } else gone.push(seq);
    }
    return { bytes, gone };
  }
}
