/** The limit on publishes in flight over all lanes, with the lanes that wait for it in turn. */
import { Fifo } from './fifo.ts';
import type { OutgoingLane } from './outgoing-lane.ts';

export class SendWindow {
  readonly #size: number;
  readonly #waiting = new Fifo<OutgoingLane>();
  #inFlight = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#size;
  }

  entered(): void {
    this.#inFlight++;
  }

  left(): void {
    this.#inFlight--;
  }

  /** Puts the lane at the end of those that wait, unless it waits already. */
  wait(lane: OutgoingLane): void {
    if (!lane.waitingForWindow) this.#waiting.push(lane);
    lane.waitingForWindow = true;
  }

  /** Returns the lane whose turn it is, while there is room. */
  next(): OutgoingLane | undefined {
    const lane = this.isFull ? undefined : this.#waiting.shift();
    if (lane !== undefined) lane.waitingForWindow = false;
    return lane;
  }
}
