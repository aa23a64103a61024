/**
 * One lane inside the node: intents from one sender to one receiver, in the order accepted. The oldest carry their payload;
 * the rest are only their sequence, to be read again from the store when their turn comes near.
 */
import type { MessageHeaders, StoredMessage } from '../core/delivery.ts';
import { type MailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';
import { Fifo } from './fifo.ts';

export interface Held {
  readonly seq: number;
  /** By the store's clock, milliseconds since 1970. */
  readonly storedAt: number;
  payload: Uint8Array;
  readonly headers?: MessageHeaders | undefined;
  /** How often its handling has been started. */
  attempts: number;
}

export class Lane {
  readonly subject: string;
  readonly at: MailboxSubject;
  /** `kind` or `kind/key`, as everything about an intent of this lane needs them. */
  readonly sender: string;
  readonly receiver: string;
  /** Made when something has to wait: most lanes of an idle agent never do. */
  #resident: Fifo<Held> | undefined;
  #evicted: Fifo<number> | undefined;
  #busy: Held | undefined;
  /** Its payloads are on their way from the store. */
  loading = false;
  /** Its head waits for its next attempt. */
  pausing = false;
  /** The partition is another's by now: whatever becomes of the one being handled, it is not settled here. */
  disowned = false;
  /** It stands in its mailbox's round. */
  listed = false;

  constructor(subject: string, at: MailboxSubject) {
    this.subject = subject;
    this.at = at;
    this.sender = senderOf(at);
    this.receiver = receiverOf(at);
  }

  /** Everything held: waiting, and the one being handled. */
  get length(): number {
    return this.waiting + (this.#busy === undefined ? 0 : 1);
  }

  get waiting(): number {
    return this.residents + (this.#evicted?.length ?? 0);
  }

  get residents(): number {
    return this.#resident?.length ?? 0;
  }

  /** Where reading from the store must start; `undefined` when every waiting payload is here. */
  get firstEvicted(): number | undefined {
    return this.#evicted?.peek();
  }

  /** The first sequences to be read from the store, at most so many. */
  evicted(count: number): readonly number[] {
    return this.#evicted?.first(count) ?? [];
  }

  /** Is this sequence in here? Sequences come in ascending order and leave from the front. */
  holds(seq: number): boolean {
    const oldest = this.#busy?.seq ?? this.#resident?.peek()?.seq ?? this.#evicted?.peek();
    return oldest !== undefined && seq >= oldest;
  }

  /** @returns whether the payload was kept; once one is left out, so are all after it */
  add({ seq, storedAt, headers }: Omit<StoredMessage, 'payload'>, payload: Uint8Array, keep: boolean): boolean {
    if (keep && this.firstEvicted === undefined) {
      this.#resident ??= new Fifo();
      this.#resident.push({ seq, storedAt, payload, headers, attempts: 0 });
      return true;
    }
    this.#evicted ??= new Fifo();
    this.#evicted.push(seq);
    return false;
  }

  /** Hands out an intent that need not wait: nothing is before it. */
  start(held: Held): void {
    this.#busy = held;
  }

  /** Takes the head for handling; `undefined` when its payload is not here or there is none. */
  take(): Held | undefined {
    this.#busy = this.#resident?.shift();
    return this.#busy;
  }

  /** Lets go of everything that waits, and disowns what is being handled. @returns how many, and the bytes that this frees */
  dropAll(): { readonly count: number; readonly bytes: number } {
    const count = this.waiting;
    let bytes = 0;
    for (const { payload } of this.#resident ?? []) bytes += payload.length;
    this.#resident = undefined;
    this.#evicted = undefined;
    this.disowned = this.#busy !== undefined;
    return { count, bytes };
  }

  /** The store has lost everything from this sequence on. @returns how many that were to be read again can not be */
  lose(fromSeq: number): number {
    const before = this.waiting;
    const kept = new Fifo<number>();
    for (const seq of this.#evicted ?? []) if (seq < fromSeq) kept.push(seq);
    this.#evicted = kept;
    return before - this.waiting;
  }

  /** The one being handled is done with. */
  finish(): void {
    this.disowned = false;
    this.#busy = undefined;
  }

  /** The one being handled goes back to the head: it will be tried again. */
  putBack(): void {
    if (this.#busy !== undefined) {
      this.#resident ??= new Fifo();
      this.#resident.unshift(this.#busy);
    }
    this.#busy = undefined;
  }

  /**
   * Takes in payloads read again, the first of `evicted`.
   * @returns the bytes taken in, and the sequences that the store no longer has
   */
  load(found: readonly StoredMessage[]): { readonly bytes: number; readonly gone: readonly number[] } {
    const gone: number[] = [];
    const last = found.at(-1)?.seq ?? this.firstEvicted ?? 0;
    this.#resident ??= new Fifo();
    let bytes = 0;
    let next = 0;
    for (let seq = this.firstEvicted; seq !== undefined && seq <= last; seq = this.firstEvicted) {
      this.#evicted?.shift();
      while ((found[next]?.seq ?? Number.POSITIVE_INFINITY) < seq) next++;
      const message = found[next];
      if (message?.seq === seq) {
        const { storedAt, payload, headers } = message;
        this.#resident.push({ seq, storedAt, payload, headers, attempts: 0 });
        bytes += payload.length;
      } else gone.push(seq);
    }
    return { bytes, gone };
  }
}
