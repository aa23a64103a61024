/**
 * One lane inside the node: intents from one sender to one receiver, in the order of acceptance. The oldest carry their
 * payload; of the rest the lane keeps only the sequence, and reloads them from the store when their turn is near.
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
  /** Number of handling attempts started. */
  attempts: number;
  /** The store has another message at its sequence: it is handled but never acknowledged. */
  orphaned?: boolean;
  /** Its id, set once it was handled, if its sender may look it up with a ticket. */
  ticketed?: string;
}

export class Lane {
  readonly subject: string;
  readonly at: MailboxSubject;
  /** `kind` or `kind/key`, as all code that handles intents of this lane needs it. */
  readonly sender: string;
  readonly receiver: string;
  /** True if its sender may look up intents with tickets. */
  readonly hasTickets: boolean;
  /** Created when an intent has to wait: most lanes of an idle agent never need it. */
  #resident: Fifo<QueuedIntent> | undefined;
  #evicted: Fifo<number> | undefined;
  #busy: QueuedIntent | undefined;
  /** Its payloads are being reloaded from the store. */
  loading = false;
  /** Its head waits for its next attempt. */
  pausing = false;
  /** Another node owns the partition: the running intent is not settled here, whatever its outcome. */
  disowned = false;
  /** It is in its mailbox's round. */
  listed = false;

  constructor(subject: string, at: MailboxSubject) {
    this.subject = subject;
    this.at = at;
    this.sender = senderOf(at);
    this.receiver = receiverOf(at);
    this.hasTickets = mayHoldTickets(at.from);
  }

  /** Number of intents held: those waiting plus the running one. */
  get length(): number {
    return this.waiting + (this.#busy === undefined ? 0 : 1);
  }

  get waiting(): number {
    return this.residents + (this.#evicted?.length ?? 0);
  }

  get residents(): number {
    return this.#resident?.length ?? 0;
  }

  /** The sequence at which a reload must start; `undefined` when every waiting payload is in memory. */
  get firstEvicted(): number | undefined {
    return this.#evicted?.peek();
  }

  /** When its oldest intent was stored, by the store's clock; `undefined` when it holds none in memory. */
  get oldestAt(): number | undefined {
    return (this.#busy ?? this.#resident?.peek())?.storedAt;
  }

  /** Returns the first sequences to reload, at most `count`. */
  evicted(count: number): readonly number[] {
    return this.#evicted?.first(count) ?? [];
  }

  /** @returns whether the payload was kept; once one is evicted, so are all after it */
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

  /** Starts an intent that need not wait, because the lane is empty. */
  start(held: QueuedIntent): void {
    this.#busy = held;
  }

  /** Takes the head for handling; `undefined` when there is none or its payload is not in memory. */
  take(): QueuedIntent | undefined {
    this.#busy = this.#resident?.shift();
    return this.#busy;
  }

  /**
   * Drops everything that waits, and disowns the running intent. @returns the number of dropped intents with the bytes freed
   */
  dropAll(): { readonly count: number; readonly bytes: number } {
    const count = this.waiting;
    let bytes = 0;
    for (const { payload } of this.#resident ?? []) bytes += payload.length;
    this.#resident = undefined;
    this.#evicted = undefined;
    this.disowned = this.#busy !== undefined;
    return { count, bytes };
  }

  /**
   * Handles a store that lost everything from this sequence on. @returns the number of evicted intents that cannot be reloaded
   */
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

  /** Ends the handling of the running intent. */
  finish(): void {
    this.disowned = false;
    this.#busy = undefined;
  }

  /** Puts the running intent back to the head, for another attempt. */
  putBack(): void {
    if (this.#busy !== undefined) {
      this.#resident ??= new Fifo();
      this.#resident.unshift(this.#busy);
    }
    this.#busy = undefined;
  }

  /**
   * Takes reloaded payloads, the first of `evicted`, and skips sequences proved gone. Stops at the first that is neither, which
   * needs another read.
   * @returns the bytes taken, and the sequences skipped
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
