/** One lane as its sender sees it: sends in progress, with those that wait behind them. */
import type { Timer } from '../core/clock.ts';
import { Fifo } from './fifo.ts';
import { MailboxFullError, SendOutcomeUnknownError, SendTimeoutError } from './mailbox-errors.ts';
import type { Sending } from './sending.ts';

/** A send with its progress. Times are monotonic. */
export class OutgoingItem {
  readonly sending: Sending;
  /** From this time on the server may have forgotten its message id; set with the first attempt. */
  forgottenAt: number = Number.POSITIVE_INFINITY;
  attempts = 0;
  /** An attempt had no answer: the message may be stored. */
  uncertain = false;
  /** Published and not yet answered. */
  inFlight = false;
  /** The caller's error if the deadline passes before the next attempt. */
  late: Error | undefined;
  pause: Timer | undefined;
  #told = false;

  constructor(sending: Sending) {
    this.sending = sending;
  }

  /** When the caller stops waiting for an answer. */
  get giveUpAt(): number {
    return this.sending.giveUpAt;
  }

  /** True when the caller has received an error. */
  get told(): boolean {
    return this.#told;
  }

  /** Rejects the send, once. Reports a send that is in flight or may be stored as uncertain. */
  refuse(error: Error): void {
    if (this.#told) return;
    this.#told = true;
    const { publication, intentId } = this.sending;
    const mayBeStored = this.uncertain || this.inFlight;
    const told = mayBeStored ? new SendOutcomeUnknownError(publication.subject, intentId, error.message) : error;
    this.sending.refused(told);
  }

  /**
   * Tells whether the item must not be repeated; past its deadline, the caller gets `late`. An uncertain item ends when the
   * server may have forgotten its id.
   */
  isOver(now: number, late: Error): boolean {
    const isForgotten = this.uncertain && now >= this.forgottenAt;
    if (now >= this.giveUpAt || isForgotten) this.refuse(late);
    return this.#told && (!this.uncertain || isForgotten);
  }
}

const none: readonly OutgoingItem[] = Object.freeze([]);

export class OutgoingLane {
  readonly subject: string;
  /** Created when a send has to wait. */
  #queue: Fifo<OutgoingItem> | undefined;
  /** Items in flight, pausing or due: mostly one, so that it needs no list. */
  #first: OutgoingItem | undefined;
  #others: readonly OutgoingItem[] = none;
  /** Items whose pause is over: they go before queued ones. */
  #due: readonly OutgoingItem[] = none;
  /** The server's last answer was that the lane is full; a send that does not wait need not be tried behind one that does. */
  full = false;
  waitingForWindow = false;

  constructor(subject: string) {
    this.subject = subject;
  }

  get open(): readonly OutgoingItem[] {
    return this.#first === undefined ? none : [this.#first, ...this.#others];
  }

  /** Number of items in flight, pausing or due. */
  get opened(): number {
    return this.#first === undefined ? 0 : 1 + this.#others.length;
  }

  get hasDue(): boolean {
    return this.#due.length > 0;
  }

  begin(item: OutgoingItem): void {
    if (this.#first === undefined) this.#first = item;
    else this.#others = [...this.#others, item];
  }

  /** Marks an item whose pause is over. */
  makeDue(item: OutgoingItem): void {
    this.#due = [...this.#due, item];
  }

  takeDue(): OutgoingItem | undefined {
    const [first] = this.#due;
    if (first !== undefined) this.#due = this.#due.slice(1);
    return first;
  }

  get queued(): number {
    return this.#queue?.length ?? 0;
  }

  get isIdle(): boolean {
    return this.#first === undefined && this.queued === 0;
  }

  enqueue(item: OutgoingItem): void {
    this.#queue ??= new Fifo();
    this.#queue.push(item);
  }

  /** Returns the next queued item. */
  peek(): OutgoingItem | undefined {
    return this.#queue?.peek();
  }

  /** Removes the next queued item. */
  dequeue(): OutgoingItem | undefined {
    const item = this.#queue?.shift();
    if (this.#queue?.length === 0) this.#queue = undefined;
    return item;
  }

  /** The earliest deadline among the items whose callers have no answer yet. */
  get earliestDeadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { told, giveUpAt } of this.open) if (!told && giveUpAt < earliest) earliest = giveUpAt;
    for (const { giveUpAt } of this.#queue ?? []) if (giveUpAt < earliest) earliest = giveUpAt;
    return earliest;
  }

  /**
   * Reports to callers whose deadline has passed, then refuses queued ones. Sends in flight continue, so that the lane learns their
   * outcome. @param obstacle why the store cannot be reached now @returns how many were queued
   */
  tellLate(now: number, obstacle: string | undefined): number {
    for (const item of this.open) {
      if (item.giveUpAt > now) continue;
      item.refuse(item.late ?? new SendTimeoutError(this.subject, obstacle ?? 'the store has not answered'));
    }
    return this.refuseLate(now, obstacle);
  }

  /** Refuses queued sends past their deadline, also behind an item with a later one. @param obstacle as above @returns how many */
  refuseLate(now: number, obstacle: string | undefined): number {
    const late = this.#takeLate(now);
    for (const item of late) {
      item.refuse(
        this.full
          ? new MailboxFullError(this.subject, 'lane')
          : new SendTimeoutError(this.subject, obstacle ?? 'earlier sends of its lane are still under way'),
      );
    }
    return late.length;
  }

  /** Removes an item that is settled, or will not be repeated. */
  finish(item: OutgoingItem): void {
    if (this.#first !== item) this.#others = this.#others.filter((one) => one !== item);
    else {
      this.#first = this.#others[0];
      if (this.#others.length > 0) this.#others = this.#others.slice(1);
    }
  }

  /** Ends all pauses. @returns whether an item became due */
  wake(): boolean {
    for (const item of this.open) {
      if (item.pause === undefined) continue;
      item.pause.cancel();
      item.pause = undefined;
      this.makeDue(item);
    }
    return this.hasDue;
  }

  #takeLate(now: number): readonly OutgoingItem[] {
    const late: OutgoingItem[] = [];
    const kept = new Fifo<OutgoingItem>();
    for (const item of this.#queue ?? []) {
      if (item.giveUpAt <= now) late.push(item);
      else kept.push(item);
    }
    if (late.length > 0) this.#queue = kept.length > 0 ? kept : undefined;
    return late;
  }
}
