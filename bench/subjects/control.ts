/** `nats` as its users write it: `js.publish`, one work-queue stream, one consumer, `consume()`. */
import {
  AckPolicy,
  connect,
  type JetStreamClient,
  type JsMsg,
  type NatsConnection,
  type PubAck,
  RetentionPolicy,
} from 'nats';
import type { BenchTarget } from './bench-target.ts';
import { encodedIntent } from './payload.ts';
import { untilEmpty } from './store.ts';

/** Publishes without acknowledgement so far. */
const window = 500;
const consumerName = 'handler';

export type ControlName = 'control' | 'control-tuned';

export class Control implements BenchTarget, AsyncDisposable {
  readonly name: ControlName;
  readonly mailboxes: number;
  readonly #connection: NatsConnection;
  readonly #admin: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #payload = encodedIntent();
  #handle: (message: JsMsg) => void = () => undefined;

  /** `control` with default options and for-await; `control-tuned` with `noAsyncTraces` and a callback. */
  static async start(name: ControlName, url: string, admin: NatsConnection, mailboxes: number): Promise<Control> {
    const tuned = name === 'control-tuned';
    const connection = await connect(tuned ? { servers: url, noAsyncTraces: true } : { servers: url });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name, subjects: [`${name}.>`], retention: RetentionPolicy.Workqueue });
    await manager.consumers.add(name, { durable_name: consumerName, ack_policy: AckPolicy.Explicit });
    const control = new Control(name, connection, admin, mailboxes);
    await (tuned ? control.#consumeByCallback() : control.#consumeByLoop());
    return control;
  }

  private constructor(name: ControlName, connection: NatsConnection, admin: NatsConnection, mailboxes: number) {
    this.name = name;
    this.#connection = connection;
    this.#admin = admin;
    this.#js = connection.jetstream();
    this.mailboxes = mailboxes;
  }

  async run(intents: number): Promise<void> {
    let handled = 0;
    const all = new Promise<void>((resolve) => {
      this.onDelivery(() => {
        if (++handled === intents) resolve();
      });
    });
    await this.#publishAll(intents);
    await all;
    await untilEmpty(this.#admin, this.name);
    if (handled !== intents) throw new Error(`${this.name}: ${handled} deliveries of ${intents} intents`);
  }

  /** What its handler does with a message from now on, before it acknowledges. */
  onDelivery(handle: (message: JsMsg) => void): void {
    this.#handle = handle;
  }

  /** Returns the n-th intent of a round. */
  publish(n: number, payload: Uint8Array): Promise<PubAck> {
    return this.#js.publish(`${this.name}.${n % this.mailboxes}`, payload);
  }

  #publishAll(intents: number): Promise<void> {
    let [next, open] = [0, 0];
    return new Promise((resolve, reject) => {
      const fill = (): void => {
        while (open < window && next < intents) {
          open++;
          this.publish(next++, this.#payload).then(confirmed, reject);
        }
      };
      const confirmed = (): void => {
        open--;
        if (next < intents) fill();
        else if (open === 0) resolve();
      };
      fill();
    });
  }

  async #consumeByLoop(): Promise<void> {
    const consumer = await this.#js.consumers.get(this.name, consumerName);
    const messages = await consumer.consume();
    void (async () => {
      for await (const message of messages) this.#deliver(message);
    })();
  }

  async #consumeByCallback(): Promise<void> {
    const consumer = await this.#js.consumers.get(this.name, consumerName);
    await consumer.consume({ callback: (message) => this.#deliver(message) });
  }

  #deliver(message: JsMsg): void {
    this.#handle(message);
    message.ack();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }
}
