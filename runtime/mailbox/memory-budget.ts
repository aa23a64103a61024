/** The bounds of a node's memory: how much its mailboxes hold, and who is told when that is too much, or no longer is. */
import type { Mailbox } from './mailbox.ts';

export interface MemoryBudgetSettings {
  /** Estimated bytes of everything that waits or is handled in the node: pulling stops there. */
  readonly maxMemoryBytes: number;
  /** Bytes of payload: what comes beyond that is left in the store until its turn. */
  readonly maxPayloadBytes: number;
  /** A mailbox holding more than this is announced closed, and open again at half of it. */
  readonly overloadedAt: number;
}

export interface MemoryBudgetEvents {
  /** There is room for more, or there is none. */
  room(open: boolean): void;
  /** A mailbox holds too much, or no longer does. */
  overloaded(pool: string, agent: string, closed: boolean): void;
}

/** Bytes, measured on Node 20 with 100,000 of each and rounded up (`npm run bench -- deep` compares them with the truth). */
export const memoryCosts: Readonly<Record<'intent' | 'payload' | 'lane' | 'mailbox' | 'handling', number>> =
  Object.freeze({
    /** Its sequence. */
    intent: 16,
    /** An object for it, beside its bytes. */
    payload: 320,
    lane: 1024,
    mailbox: 768,
    /** Document, context and promise of an intent that is being handled. */
    handling: 4096,
  });

/** Of `maxMemoryBytes`: the bound of what is finished and waits for the archive. */
const unarchivedPart = 1 / 8;

/** Pulling starts again at this part of `maxMemoryBytes`: not for every single intent. */
const reopenAt = 0.9;

export class MemoryBudget {
  readonly #settings: MemoryBudgetSettings;
  readonly #events: MemoryBudgetEvents;
  #held = 0;
  #handling = 0;
  #payloadBytes = 0;
  #memoryBytes = 0;
  #unarchivedBytes = 0;
  #open = true;
  #stopped = false;

  constructor(settings: MemoryBudgetSettings, events: MemoryBudgetEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  /** Intents in the node, with or without payload. */
  get held(): number {
    return this.#held;
  }

  /** Those of them that are being handled. */
  get handling(): number {
    return this.#handling;
  }

  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  /** The estimate that is compared with `maxMemoryBytes`. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Finished, and not in the archive yet. */
  get unarchivedBytes(): number {
    return this.#unarchivedBytes;
  }

  /**
   * May another intent be handed out? Not while too much of what was finished waits for the archive: handling it would only add to
   * that, payloads read again from the store included.
   */
  get mayHandOut(): boolean {
    return this.#unarchivedBytes < this.#settings.maxMemoryBytes * unarchivedPart;
  }

  /** Is there room for payloads of so many bytes? */
  fits(bytes: number): boolean {
    return this.#payloadBytes + bytes <= this.#settings.maxPayloadBytes;
  }

  /** An intent came in. */
  add(mailbox: Mailbox, pool: string): void {
    mailbox.held++;
    this.#held++;
    this.#use(memoryCosts.intent);
    if (!mailbox.closed && mailbox.held > this.#settings.overloadedAt) this.#setClosed(mailbox, pool, true);
  }

  /** An intent is done with. */
  remove(mailbox: Mailbox, pool: string): void {
    mailbox.held--;
    this.#held--;
    this.#use(-memoryCosts.intent);
    if (mailbox.closed && mailbox.held <= this.#settings.overloadedAt / 2) this.#setClosed(mailbox, pool, false);
  }

  /** Payloads were taken into memory, or given up: negative. */
  keep(mailbox: Mailbox, payloads: number, bytes: number): void {
    mailbox.residents += payloads;
    this.#payloadBytes += bytes;
    this.#use(payloads * memoryCosts.payload + bytes);
  }

  /** So many lanes more, or fewer: negative. */
  lanes(count: number): void {
    this.#use(count * memoryCosts.lane);
  }

  mailboxes(count: number): void {
    this.#use(count * memoryCosts.mailbox);
  }

  started(): void {
    this.#handling++;
    this.#use(memoryCosts.handling);
  }

  finished(): void {
    this.#handling--;
    this.#use(-memoryCosts.handling);
  }

  /** So many bytes more wait for the archive, or fewer: negative. */
  unarchived(bytes: number): void {
    this.#unarchivedBytes += bytes;
    this.#use(bytes);
  }

  /** Delivery records take so many bytes more, or fewer: negative. */
  records(bytes: number): void {
    this.#use(bytes);
  }

  /** Nobody is told any more that there is room. */
  stop(): void {
    this.#stopped = true;
  }

  #use(bytes: number): void {
    const { maxMemoryBytes } = this.#settings;
    this.#memoryBytes += bytes;
    if (this.#open && this.#memoryBytes >= maxMemoryBytes) this.#setOpen(false);
    else if (!this.#open && !this.#stopped && this.#memoryBytes < maxMemoryBytes * reopenAt) this.#setOpen(true);
  }

  #setOpen(open: boolean): void {
    this.#open = open;
    this.#events.room(open);
  }

  #setClosed(mailbox: Mailbox, pool: string, closed: boolean): void {
    mailbox.closed = closed;
    this.#events.overloaded(pool, mailbox.agent, closed);
  }
}
