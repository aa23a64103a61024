/** Connections to nats-server, one after another: it ends those on which something was said that it does not take. */
import type { NatsMessage } from './nats-client.ts';
import { RawNats } from './nats-client.ts';

export class NatsSpeaker implements Disposable {
  readonly #port: number;
  #connection: Promise<RawNats> | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async request(message: NatsMessage): Promise<NatsMessage> {
    return (await this.#open()).request(message);
  }

  [Symbol.dispose](): void {
    void this.#connection?.then((connection) => connection[Symbol.dispose]());
  }

  async #open(): Promise<RawNats> {
    const known = this.#connection;
    if (known !== undefined && !(await known).isOver) return known;
    if (this.#connection === known) this.#connection = RawNats.connect(this.#port);
    return this.#connection as Promise<RawNats>;
  }
}
