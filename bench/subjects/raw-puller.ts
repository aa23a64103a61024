/** Pulls one consumer by hand: big batches, requested again at half, acknowledged by a publish. */
import { createInbox, type Msg, type NatsConnection } from 'nats';

/** Messages requested ahead. */
const rawBatch = 512;
const expiresMs = 30_000;

const acknowledged = new TextEncoder().encode('+ACK');

export class RawPuller {
  readonly #connection: NatsConnection;
  readonly #next: string;
  readonly #request: Uint8Array;
  readonly #inbox = createInbox();
  readonly #handle: (message: Msg) => void;
  #outstanding = 0;

  constructor(connection: NatsConnection, stream: string, consumer: string, handle: (message: Msg) => void) {
    this.#connection = connection;
    this.#next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
    this.#request = new TextEncoder().encode(JSON.stringify({ batch: rawBatch / 2, expires: expiresMs * 1e6 }));
    this.#handle = handle;
    connection.subscribe(this.#inbox, { callback: (_error, message) => this.#received(message) });
    this.#pull();
  }

  #received(message: Msg): void {
    const { reply } = message;
    if (!reply) return this.#status(message);
    this.#outstanding--;
    this.#handle(message);
    this.#connection.publish(reply, acknowledged);
    this.#pull();
  }

  /** A pull has expired: its remaining messages will not come. */
  #status(message: Msg): void {
    this.#outstanding -= Number(message.headers?.get('Nats-Pending-Messages') || 0);
    this.#pull();
  }

  #pull(): void {
    while (this.#outstanding <= rawBatch / 2) {
      this.#outstanding += rawBatch / 2;
      this.#connection.publish(this.#next, this.#request, { reply: this.#inbox });
    }
  }
}
