/**
 * One lane inside the node: intents from one sender to one receiver, in the order accepted. The oldest carry their payload;
 * the rest are only their sequence, to be read again from the store when their turn comes near.
 */

import { mayHoldTickets } from '../core/client-name.ts';
import type { MessageHeaders, StoredMessage } from '../core/delivery.ts';
import { type MailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';
import { Fifo } from './fifo.ts';

export interface QueuedIntent {
  readonly seq: number;
  /** By the store's clock, milliseconds since 1970. */
  readonly storedAt: number;
  payload: Uint8Array;
  readonly headers?: MessageHeaders | undefined;
  /** How often its handling has been started. */
  attempts: number;
  /** The store has another message at its sequence: it is handled, and never acknowledged. */
  orphaned?: boolean;
  /** Its id, once it was handled and its sender may ask for it by a ticket. */
  ticketed?: string;
}

export class Lane {
  readonly subject: string;
  readonly at: MailboxSubject;
  /** `kind` or `kind/key`, as everything about an intent of this lane needs them. */
  readonly sender: string;
  readonly receiver: string;
  /** Its sender may ask for its intents by tickets. */
  readonly hasTickets: boolean;
  /** Made when something has to wait: most lanes of an idle agent never do. */
  #resident: Fifo<QueuedIntent> | undefined;
  #evicted: Fifo<number> | undefined;
  #busy: QueuedIntent | undefined;
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
    this.hasTickets = mayHoldTickets(at.from);
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
  start(held: QueuedIntent): void {
    this.#busy = held;
  }

  /** Takes the head for handling; `undefined` when its payload is not here or there is none. */
  take(): QueuedIntent | undefined {
    this.#busy = this.#resident?.shift();
    return this.#busy;
  }

  /** Drops everything that waits, and disowns what is being handled. @returns how many, and the bytes that this frees */
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
    if (this.#busy !== undefined && this.#busy.seq >= fromSeq) this.#busy.orphaned = true;
    for (const held of this.#resident ?? []) if (held.seq >= fromSeq) held.orphaned = true;
    if (this.#evicted === undefined) return 0;
    const before = this.waiting;
    const kept = new Fifo<number>();
    for (const seq of this.#evicted) if (seq < fromSeq) kept.push(seq);
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
   * Takes in payloads read again, the first of `evicted`, and passes over those of them that are proved to be gone. Stops at the
   * first that is neither: it is read once more.
   * @returns the bytes taken in, and the sequences passed over
   */
  load(
    found: readonly StoredMessage[],
    gone: readonly number[],
  ): { readonly bytes: number; readonly gone: readonly number[] } {
    const passed: number[] = [];
    this.#resident ??= new Fifo();
    let bytes = 0;
    let [nextFound, nextGone] = [0, 0];
    for (let seq = this.firstEvicted; seq !== undefined; seq = this.firstEvicted) {
      while ((found[nextFound]?.seq ?? Number.POSITIVE_INFINITY) < seq) nextFound++;
      while ((gone[nextGone] ?? Number.POSITIVE_INFINITY) < seq) nextGone++;
      const message = found[nextFound];
      if (message?.seq === seq) {
        const { storedAt, payload, headers } = message;
        this.#resident.push({ seq, storedAt, payload, headers, attempts: 0 });
        bytes += payload.length;
      } else if (gone[nextGone] === seq) passed.push(seq);
      else break;
      this.#evicted?.shift();
    }
    return { bytes, gone: passed };
  }
}
