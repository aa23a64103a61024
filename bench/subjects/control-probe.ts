/** Follows single intents over `nats`, used as its users write it, from publish to handler. */
import type { Probe } from '../measure/latency-round.ts';
import type { Control } from './control.ts';
import { encodedIntent } from './payload.ts';

export class ControlProbe implements Probe {
  readonly #control: Control;
  readonly #payload = encodedIntent();
  #failed: (error: Error) => void = () => undefined;

  constructor(control: Control) {
    this.#control = control;
  }

  start(arrived: (n: number) => void, failed: (error: Error) => void): void {
    this.#failed = failed;
    this.#control.onDelivery(({ data }) => arrived(new DataView(data.buffer, data.byteOffset).getUint32(0)));
  }

  send(n: number): void {
    const payload = Buffer.from(this.#payload);
    payload.writeUInt32BE(n, 0);
    this.#control.publish(n, payload).catch(this.#failed);
  }
}
