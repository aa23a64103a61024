/** Raw throughput: the same mailboxes and senders as Parley's, published and pulled at full speed. */
import type { NatsConnection } from 'nats';
import type { BenchTarget } from './bench-target.ts';
import { encodedIntent } from './payload.ts';
import type { RawMesh } from './raw.ts';
import { senderOf } from './routes.ts';
import { untilEmpty } from './store.ts';

export class RawTarget implements BenchTarget {
  readonly name = 'raw';
  readonly mailboxes: number;
  readonly #mesh: RawMesh;
  readonly #admin: NatsConnection;
  readonly #subjects: readonly string[];
  readonly #payload = encodedIntent();

  constructor(mesh: RawMesh, admin: NatsConnection, mailboxes: number) {
    this.#mesh = mesh;
    this.#admin = admin;
    this.mailboxes = mailboxes;
    this.#subjects = Array.from({ length: mailboxes }, (_, n) => mesh.mailbox(n));
  }

  async run(intents: number): Promise<void> {
    let delivered = 0;
    const all = new Promise<void>((resolve) => {
      this.#mesh.onDelivery(() => {
        if (++delivered === intents) resolve();
      });
    });
    await this.#mesh.publisher.publishAll(intents, this.#payload, (n) =>
      this.#mesh.lane(this.#subjects[n % this.mailboxes] ?? '', senderOf(n, this.mailboxes)),
    );
    await all;
    await untilEmpty(this.#admin, this.#mesh.stream);
    if (delivered !== intents) throw new Error(`raw: ${delivered} deliveries of ${intents} intents`);
  }
}
