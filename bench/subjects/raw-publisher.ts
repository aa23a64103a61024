/**
 * Pipelined publishes by hand: one reply inbox, one subscription, answers matched by number, a window of publishes in flight. This
 * is the fastest way that `nats` allows with message ids and confirmations.
 */
import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from 'nats';

/** More in flight would only starve the consumers of the same server. */
const rawWindow = 1024;

/** A success starts with `{"stream"`, a refusal with `{"error"`. */
const successAt = 2;
const successCode = 's'.charCodeAt(0);

export class RawPublisher {
  readonly #connection: NatsConnection;
  readonly #inbox = `${createInbox()}.`;
  #session = 0;
  #confirmed: (n: number) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe(`${this.#inbox}*`, { callback: (_error, message) => this.#answered(message) });
  }

  /** Restarts at number 0 with other message ids; calls one of the two for every publish. */
  open(confirmed: (n: number) => void, failed: (error: Error) => void): void {
    this.#session++;
    this.#confirmed = confirmed;
    this.#failed = failed;
  }

  publish(n: number, subject: string, payload: Uint8Array): void {
    this.#connection.publish(subject, payload, {
      reply: this.#inbox + n,
      headers: messageId(`${this.#session}-${n}`),
    });
  }

  /** Publishes numbers 0 to `count - 1`; resolves when all of them are confirmed. */
  publishAll(count: number, payload: Uint8Array, subjectOf: (n: number) => string): Promise<void> {
    let [next, open] = [0, 0];
    return new Promise((resolve, reject) => {
      const fill = (): void => {
        for (; open < rawWindow && next < count; open++) this.publish(next, subjectOf(next++), payload);
      };
      const confirmed = (): void => {
        open--;
        if (next < count) fill();
        else if (open === 0) resolve();
      };
      this.open(confirmed, reject);
      fill();
    });
  }

  #answered(message: Msg): void {
    const { data } = message;
    const n = Number(message.subject.slice(this.#inbox.length));
    if (data[successAt] === successCode) this.#confirmed(n);
    else this.#failed(new Error(`publish ${n} was refused: ${message.string() || message.headers?.status}`));
  }
}

/** Encodes one known header once, instead of through the library's map. */
function messageId(id: string): MsgHdrs {
  const encoded = Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`, 'latin1');
  return { encode: () => encoded } as unknown as MsgHdrs;
}
