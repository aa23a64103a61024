/** The store's side of a partition's one consumer: delivers requested messages in order, accepts acknowledgements. */
import type { Delivery } from '../../core/delivery.ts';

export type QueuedMessage = Pick<Delivery, 'seq' | 'subject' | 'payload' | 'storedAt' | 'headers'>;

/** The receiver of a consumer's deliveries: the feed of one connection. */
export interface Outlet {
  /** `count` numbers the consumer's deliveries from 1, without a gap. */
  deliver(count: number, message: QueuedMessage): void;
  /** Called when the consumer is deleted. @param asked whether a request was waiting, which is answered at once; otherwise the feed notices it later */
  deleted(asked: boolean): void;
}

/**
 * Deliberately absent: `ack_wait`. It is ten minutes long and the runtime does not rely on it; a delivered and lost message stays
 * with this consumer until that of the next epoch.
 */
export class SimulatedConsumer {
  readonly epoch: number;
  /** The number of messages at its creation. */
  readonly stored: number;
  readonly #remove: (seq: number) => void;
  #waiting: QueuedMessage[];
  #head = 0;
  readonly #delivered = new Set<number>();
  #count = 0;
  #requested = 0;
  #outlet: Outlet | undefined;
  #gone = false;

  /** @param stored the present messages of the partition, in order */
  constructor(epoch: number, stored: readonly QueuedMessage[], remove: (seq: number) => void) {
    this.epoch = epoch;
    this.#waiting = [...stored];
    this.stored = stored.length;
    this.#remove = remove;
  }

  get gone(): boolean {
    return this.#gone;
  }

  attach(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#requested = 0;
  }

  /** Drops the requests of a lost connection. */
  detach(outlet: Outlet): void {
    if (this.#outlet === outlet) this.#outlet = undefined;
  }

  offer(message: QueuedMessage): void {
    this.#waiting.push(message);
    this.#deliver();
  }

  request(messages: number): void {
    this.#requested += messages;
    this.#deliver();
  }

  /** Acknowledges a message; ignores one that it has not delivered. */
  ack(seq: number): void {
    if (!this.#gone && this.#delivered.delete(seq)) this.#remove(seq);
  }

  delete(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#outlet?.deleted(this.#requested > 0);
    this.#outlet = undefined;
  }

  #deliver(): void {
    while (!this.#gone && this.#requested > 0 && this.#outlet !== undefined) {
      const message = this.#waiting[this.#head];
      if (message === undefined) return;
      this.#head++;
      if (this.#head > 1_024 && this.#head * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#head);
        this.#head = 0;
      }
      this.#requested--;
      this.#delivered.add(message.seq);
      this.#outlet.deliver(++this.#count, message);
    }
  }
}
