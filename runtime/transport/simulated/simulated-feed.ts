/**
 * One connection's end of a partition's consumer.
 *
 * asking ──(message)──▶ asking ──(half the window used)──▶ ask for more
 *    │ the consumer was deleted        ──▶ broken(deleted)
 *    │ the count of deliveries jumps   ──▶ broken(gap)
 *    │ connection lost                 ──▶ broken(disconnected)
 *    └ close()                         ──▶ closed
 */
import type { Clock, Timer } from '../../core/clock.ts';
import type { Feed, FeedBreak, FeedPlace, FeedSink } from '../feed.ts';
import { NotDeliveredError, TransportUnavailableError } from '../transport-errors.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Outlet, QueuedMessage, SimulatedConsumer } from './consumer.ts';
import type { Channel, Link } from './link.ts';
import type { Requests } from './requests.ts';

/** The time until a feed without a request notices a deleted consumer. */
const silenceMs = 2_500;
/** The time until a feed notices a lost delivery that no other follows. */
const heartbeatMs = 1_000;
const ackTimeoutMs = 5_000;
const closeMs = 5_000;

/** The shared parts of the feeds of one connection. */
export interface Connection {
  readonly broker: SimulatedBroker;
  readonly clock: Clock;
  readonly link: Link;
  readonly requests: Requests;
}

export class SimulatedFeed implements Feed, Outlet {
  readonly #broker: SimulatedBroker;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #consumer: SimulatedConsumer;
  readonly #place: FeedPlace;
  readonly #sink: FeedSink;
  readonly #ended: () => void;
  readonly #name: string;
  readonly #toStore: Channel;
  readonly #fromStore: Channel;
  readonly #confirming = new Set<() => void>();
  #window = 0;
  #outstanding = 0;
  #count = 0;
  #lastSeq = 0;
  #over = false;

  constructor(
    connection: Connection,
    consumer: SimulatedConsumer,
    place: FeedPlace,
    sink: FeedSink,
    ended: () => void,
  ) {
    const { link } = connection;
    this.#broker = connection.broker;
    this.#clock = connection.clock;
    this.#link = link;
    this.#requests = connection.requests;
    this.#consumer = consumer;
    this.#place = place;
    this.#sink = sink;
    this.#ended = ended;
    this.#name = `${place.pool} ${place.partition} ${place.epoch}`;
    this.#toStore = link.channel();
    this.#fromStore = link.channel();
    consumer.attach(this);
    if (consumer.gone) this.deleted(false);
  }

  get isCaughtUp(): boolean {
    return this.#count >= this.#consumer.stored;
  }

  window(messages: number): void {
    this.#window = messages;
    this.#ask();
  }

  ack(seq: number): void {
    if (!this.#over && seq <= this.#lastSeq) this.#toStore.send(`ack ${seq} on ${this.#name}`, () => this.#acked(seq));
  }

  ackConfirmed(seq: number): Promise<void> {
    const what = `acknowledging ${seq} on ${this.#name}`;
    if (!this.#over && seq > this.#lastSeq) return Promise.reject(new NotDeliveredError(seq, this.#name));
    return new Promise((resolve, reject) => {
      const fail = (): void => finish(() => reject(new TransportUnavailableError(what)));
      const timer: Timer = this.#clock.after(ackTimeoutMs, fail);
      const finish = (settle: () => void): void => {
        timer.cancel();
        this.#confirming.delete(fail);
        settle();
      };
      if (this.#over) return fail();
      this.#confirming.add(fail);
      const lost = this.#broker.faults.strikes('loseAck');
      if (lost && this.#broker.faults.coin()) return;
      this.#toStore.send(what, () => {
        const known = this.#acked(seq);
        if (!lost) this.#link.send(`confirmation of ${what}`, known ? () => finish(resolve) : fail);
      });
    });
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#end();
    const place = this.#place;
    await this.#requests.ask(`closing ${this.#name}`, () => this.#broker.deleteConsumer(place), closeMs);
  }

  /** Breaks the feed after a lost connection: the last deliveries are lost. */
  disconnected(): void {
    this.#break('disconnected');
  }

  /** Ends the feed of a killed process: the consumer stays, and no event is raised. */
  forget(): void {
    this.#over = true;
    this.#consumer.detach(this);
  }

  /** Runs at the store: sends a message to the feed. */
  deliver(count: number, message: QueuedMessage): void {
    if (this.#broker.faults.strikes('loseDelivery')) {
      this.#broker.note('lost', 'delivery', this.#name, message.seq);
      this.#link.send(`heartbeat of ${this.#name}`, () => this.#heard(count), heartbeatMs);
      return;
    }
    this.#broker.note('deliver', this.#name, message.seq);
    this.#fromStore.send(`delivery of ${message.seq} on ${this.#name}`, () => this.#arrived(count, message));
  }

  /** Runs at the store: tells the feed that the consumer is gone. */
  deleted(asked: boolean): void {
    this.#link.send(`end of ${this.#name}`, () => this.#break('deleted'), asked ? 0 : silenceMs);
  }

  #acked(seq: number): boolean {
    this.#broker.note(this.#consumer.gone ? 'ack-late' : 'ack', this.#name, seq);
    this.#consumer.ack(seq);
    return !this.#consumer.gone;
  }

  #arrived(count: number, { seq, subject, payload, storedAt, headers }: QueuedMessage): void {
    if (this.#over) return;
    if (count > this.#count + 1) return this.#break('gap');
    this.#count = count;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#outstanding--;
    const { pool, partition } = this.#place;
    this.#sink.deliver({ pool, partition, seq, subject, payload, storedAt, headers });
    this.#ask();
  }

  #heard(count: number): void {
    if (count > this.#count) this.#break('gap');
  }

  #ask(): void {
    if (this.#over || this.#window === 0 || this.#outstanding > this.#window / 2) return;
    const messages = this.#window - this.#outstanding;
    this.#outstanding += messages;
    this.#toStore.send(`request on ${this.#name}`, () => this.#consumer.request(messages));
  }

  #break(reason: FeedBreak): void {
    if (this.#over) return;
    this.#end();
    this.#sink.broken(reason);
  }

  #end(): void {
    this.#over = true;
    this.#consumer.detach(this);
    this.#ended();
    for (const fail of [...this.#confirming]) fail();
  }
}
