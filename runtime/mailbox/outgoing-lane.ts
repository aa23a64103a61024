/** One lane as its sender sees it: what is under way, and what waits behind it. */
import type { Timer } from '../core/clock.ts';
import { Fifo } from './fifo.ts';
import { MailboxFullError, SendOutcomeUnknownError, SendTimeoutError } from './mailbox-errors.ts';
import type { Sending } from './sending.ts';

/** A send and how far it has come. Times are monotonic. */
export class OutgoingItem {
  readonly sending: Sending;
  /** The server may have forgotten its message id. */
  forgottenAt: number = Number.POSITIVE_INFINITY;
  attempts = 0;
  /** An attempt went unanswered: it may be stored. */
  uncertain = false;
  /** Published, and not answered yet. */
  inFlight = false;
  /** What the caller is told when the deadline passes before the next attempt. */
  late: Error | undefined;
  pause: Timer | undefined;
  #told = false;

  constructor(sending: Sending) {
    this.sending = sending;
  }

  /** When its caller is told that there was no answer. */
  get giveUpAt(): number {
    return this.sending.giveUpAt;
  }

  /** The caller has been told that it failed. */
  get told(): boolean {
    return this.#told;
  }

  /** Tells the caller, once. What may be stored, or is on its way, is said to be uncertain. */
  refuse(error: Error): void {
    if (this.#told) return;
    this.#told = true;
    const { publication, intentId, refused } = this.sending;
    const mayBeStored = this.uncertain || this.inFlight;
    refused(mayBeStored ? new SendOutcomeUnknownError(publication.subject, intentId, error.message) : error);
  }

  /** Past its deadline the caller is told; past the server's memory of its id an uncertain item must not be repeated. */
  isOver(now: number, late: Error): boolean {
    const isForgotten = this.uncertain && now >= this.forgottenAt;
    if (now >= this.giveUpAt || isForgotten) this.refuse(late);
    return this.#told && (!this.uncertain || isForgotten);
  }
}

const none: readonly OutgoingItem[] = Object.freeze([]);

export class OutgoingLane {
  readonly subject: string;
  /** Made when something has to wait. */
  #queue: Fifo<OutgoingItem> | undefined;
  /** In flight, pausing or due. */
  #open: readonly OutgoingItem[] = none;
  /** Their pause is over: they go before what is queued. */
  #due: readonly OutgoingItem[] = none;
  /** The server said so last; an intent that will not wait need not be tried behind one that does. */
  full = false;
  waitingForWindow = false;

  constructor(subject: string) {
    this.subject = subject;
  }

  get open(): readonly OutgoingItem[] {
    return this.#open;
  }

  get hasDue(): boolean {
    return this.#due.length > 0;
  }

  /** Hot path: a lane mostly has one, and an array of one is smaller than one that has grown. */
  begin(item: OutgoingItem): void {
    this.#open = this.#open.length === 0 ? [item] : [...this.#open, item];
  }

  /** Its pause is over. */
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
    return this.#open.length === 0 && this.queued === 0;
  }

  enqueue(item: OutgoingItem): void {
    this.#queue ??= new Fifo();
    this.#queue.push(item);
  }

  /** The next that waits. */
  peek(): OutgoingItem | undefined {
    return this.#queue?.peek();
  }

  /** Takes the next that waits. */
  dequeue(): OutgoingItem | undefined {
    const item = this.#queue?.shift();
    if (this.#queue?.length === 0) this.#queue = undefined;
    return item;
  }

  /** The earliest deadline of those whose callers have not been told anything. */
  get earliestDeadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { told, giveUpAt } of this.#open) if (!told && giveUpAt < earliest) earliest = giveUpAt;
    for (const { giveUpAt } of this.#queue ?? []) if (giveUpAt < earliest) earliest = giveUpAt;
    return earliest;
  }

  /** Tells the callers of what is under way past their deadlines; it goes on, so that the lane learns what became of it. */
  tellLate(now: number): void {
    for (const item of this.#open) {
      if (item.giveUpAt > now) continue;
      item.refuse(item.late ?? new SendTimeoutError(this.subject, 'the store has not answered'));
    }
  }

  /** Refuses what still waits past its deadline, also behind an item with a later one. @returns how many */
  refuseLate(now: number): number {
    const late = this.#takeLate(now);
    for (const item of late) {
      item.refuse(
        this.full
          ? new MailboxFullError(this.subject, 'lane')
          : new SendTimeoutError(this.subject, 'earlier sends of its lane are still under way'),
      );
    }
    return late.length;
  }

  /** It is settled, or will not be repeated. */
  finish(item: OutgoingItem): void {
    this.#open = this.#open.length === 1 ? none : this.#open.filter((one) => one !== item);
  }

  /** Ends all pauses. @returns whether something became due */
  wake(): boolean {
    for (const item of this.#open) {
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
