/** The bounds of a node's memory: how much its mailboxes hold, and who is told when that is too much, or no longer is. */
import type { Mailbox } from './mailbox.ts';

export interface OccupancySettings {
  /** Intents held in the node, with or without payload: pulling stops there. */
  readonly maxHeld: number;
  /** Bytes of payload held in the node. */
  readonly maxPayloadBytes: number;
  /** A mailbox holding more than this is announced closed, and open again at half of it. */
  readonly crowdedAt: number;
}

export interface OccupancyEvents {
  /** There is room for more, or there is none. */
  room(open: boolean): void;
  /** A mailbox holds too much, or no longer does. */
  crowded(pool: string, agent: string, closed: boolean): void;
}

/** Pulling starts again at this part of `maxHeld`: not for every single intent. */
const reopenAt = 0.9;

export class Occupancy {
  readonly #settings: OccupancySettings;
  readonly #events: OccupancyEvents;
  #held = 0;
  #payloadBytes = 0;
  #open = true;
  #stopped = false;

  constructor(settings: OccupancySettings, events: OccupancyEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  get held(): number {
    return this.#held;
  }

  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  /** Is there room for payloads of so many bytes? */
  fits(bytes: number): boolean {
    return this.#payloadBytes + bytes <= this.#settings.maxPayloadBytes;
  }

  /** An intent came in. */
  add(mailbox: Mailbox, pool: string): void {
    mailbox.held++;
    this.#held++;
    if (this.#open && this.#held >= this.#settings.maxHeld) this.#setOpen(false);
    if (!mailbox.closed && mailbox.held > this.#settings.crowdedAt) this.#setClosed(mailbox, pool, true);
  }

  /** An intent is done with. */
  remove(mailbox: Mailbox, pool: string): void {
    mailbox.held--;
    this.#held--;
    if (!this.#open && !this.#stopped && this.#held < this.#settings.maxHeld * reopenAt) this.#setOpen(true);
    if (mailbox.closed && mailbox.held <= this.#settings.crowdedAt / 2) this.#setClosed(mailbox, pool, false);
  }

  /** Payloads were taken into memory, or given up: negative. */
  keep(mailbox: Mailbox, payloads: number, bytes: number): void {
    mailbox.residents += payloads;
    this.#payloadBytes += bytes;
  }

  /** Nobody is told any more that there is room. */
  stop(): void {
    this.#stopped = true;
  }

  #setOpen(open: boolean): void {
    this.#open = open;
    this.#events.room(open);
  }

  #setClosed(mailbox: Mailbox, pool: string, closed: boolean): void {
    mailbox.closed = closed;
    this.#events.crowded(pool, mailbox.agent, closed);
  }
}
