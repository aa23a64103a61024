/** Follows single intents over raw mailboxes, from publish to handler. */
import type { Probe } from '../measure/latency-round.ts';
import { encodedIntent } from './payload.ts';
import type { RawMesh } from './raw.ts';
import { senderOf } from './routes.ts';

export class RawProbe implements Probe {
  readonly #mesh: RawMesh;
  readonly #mailboxes: readonly string[];
  readonly #payload = encodedIntent();

  constructor(mesh: RawMesh, mailboxes: number) {
    this.#mesh = mesh;
    this.#mailboxes = Array.from({ length: mailboxes }, (_, n) => mesh.mailbox(n));
  }

  start(arrived: (n: number) => void, failed: (error: Error) => void): void {
    this.#mesh.onDelivery(({ data }) => arrived(new DataView(data.buffer, data.byteOffset).getUint32(0)));
    this.#mesh.publisher.open(() => undefined, failed);
  }

  send(n: number): void {
    const mailbox = this.#mailboxes[n % this.#mailboxes.length] ?? '';
    const payload = Buffer.from(this.#payload);
    payload.writeUInt32BE(n, 0);
    this.#mesh.publisher.publish(n, this.#mesh.lane(mailbox, senderOf(n, this.#mailboxes.length)), payload);
  }
}
