/** The memory limits of a node: counts what its mailboxes hold, then reports when a limit is reached or no longer is. */
import type { Mailbox } from './mailbox.ts';

export interface MemoryBudgetSettings {
  /** Estimated bytes of all queued or running intents of the node: pulling stops at this limit. */
  readonly maxMemoryBytes: number;
  /** Bytes of payload in memory: payloads beyond this limit stay in the store until their turn. */
  readonly maxPayloadBytes: number;
  /** A mailbox that holds more than this is announced closed, and open again at half of it. */
  readonly overloadedAt: number;
}

export interface MemoryBudgetEvents {
  /** Called when room for more intents appears or ends. */
  room(open: boolean): void;
  /** Called when a mailbox becomes overloaded, or no longer is. */
  overloaded(pool: string, agent: string, closed: boolean): void;
}

/** Bytes, measured on Node 20 with 100,000 of each and rounded up (`npm run bench -- deep` compares them with real use). */
export const memoryCosts: Readonly<Record<'intent' | 'payload' | 'lane' | 'mailbox' | 'handling', number>> =
  Object.freeze({
    /** The sequence number. */
    intent: 16,
    /** The object for a payload, beside its bytes. */
    payload: 320,
    lane: 1024,
    mailbox: 768,
    /** Document, context and promise of a running intent. */
    handling: 4096,
  });

/** Share of `maxMemoryBytes` for finished intents that wait for the archive. */
const unarchivedPart = 1 / 8;

/** Pulling resumes at this share of `maxMemoryBytes`, so that it does not toggle with every intent. */
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

  /** Number of intents in the node, with or without payload. */
  get held(): number {
    return this.#held;
  }

  /** Number of running intents. */
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

  /** Bytes of finished intents that are not yet archived. */
  get unarchivedBytes(): number {
    return this.#unarchivedBytes;
  }

  /**
   * May another intent be dispatched? Not while too many bytes wait for the archive: handling more would only add to them,
   * reloaded payloads included.
   */
  get mayHandOut(): boolean {
    return this.#unarchivedBytes < this.#settings.maxMemoryBytes * unarchivedPart;
  }

  /** Tells whether payloads of this many bytes fit. */
  fits(bytes: number): boolean {
    return this.#payloadBytes + bytes <= this.#settings.maxPayloadBytes;
  }

  /** Counts a new intent. */
  add(mailbox: Mailbox, pool: string): void {
    mailbox.held++;
    this.#held++;
    this.#use(memoryCosts.intent);
    if (!mailbox.closed && mailbox.held > this.#settings.overloadedAt) this.#setClosed(mailbox, pool, true);
  }

  /** Counts an intent that has ended. */
  remove(mailbox: Mailbox, pool: string): void {
    mailbox.held--;
    this.#held--;
    this.#use(-memoryCosts.intent);
    if (mailbox.closed && mailbox.held <= this.#settings.overloadedAt / 2) this.#setClosed(mailbox, pool, false);
  }

  /** Counts payloads taken into memory; negative for evicted ones. */
  keep(mailbox: Mailbox, payloads: number, bytes: number): void {
    mailbox.residents += payloads;
    this.#payloadBytes += bytes;
    this.#use(payloads * memoryCosts.payload + bytes);
  }

  /** Counts the change of the number of lanes; negative for a decrease. */
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

  /** Counts the change of the bytes that wait for the archive; negative for a decrease. */
  unarchived(bytes: number): void {
    this.#unarchivedBytes += bytes;
    this.#use(bytes);
  }

  /** Counts the change of the size of delivery records in bytes; negative for a decrease. */
  records(bytes: number): void {
    this.#use(bytes);
  }

  /** Stops reporting that there is room. */
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
