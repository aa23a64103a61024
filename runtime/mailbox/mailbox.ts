/** One agent's mailbox inside the node: its lanes, served round robin; control before replies before intents. */
import type { LaneClass } from '../core/subjects.ts';
import { Fifo } from './fifo.ts';
import type { Lane } from './lane.ts';
import type { BucketState } from './token-bucket.ts';

const classes: readonly LaneClass[] = ['c', 'r', 'i'];

export class Mailbox {
  /** `kind` or `kind/key`. */
  readonly agent: string;
  /** Made when a lane has to wait for its turn. */
  #rounds: Partial<Record<LaneClass, Fifo<Lane>>> | undefined;
  #listed = 0;
  /** Everything held in its lanes. */
  held = 0;
  /** Payloads held in its lanes. */
  residents = 0;
  /** Lanes whose payloads are being read again. */
  loads = 0;
  /** Its agent handles an intent. */
  busy = false;
  /** Its intake bucket is empty, and a timer runs. */
  throttled = false;
  /** It has been announced closed. */
  closed = false;
  bucket: BucketState | undefined;
  /** Empty, but kept until its bucket is full again. */
  lingering = false;

  constructor(agent: string) {
    this.agent = agent;
  }

  /** Puts a lane at the end of its round, once, if its head can be handled or has yet to be loaded. */
  list(lane: Lane): void {
    if (lane.listed || lane.pausing || lane.waiting === 0 || (lane.loading && lane.residents === 0)) return;
    lane.listed = true;
    this.#listed++;
    this.#round(lane).push(lane);
  }

  /** Nothing is held, and nothing on its way. */
  get isEmpty(): boolean {
    return this.held === 0 && this.loads === 0;
  }

  /** Nothing is handled and no lane waits for its turn. */
  get isFree(): boolean {
    return !this.busy && !this.throttled && this.#listed === 0;
  }

  /**
   * The lane whose turn it is, taken out of its round. Intents wait while the intake bucket is empty. A lane may have been
   * listed while its head was handled, and that is now to be tried again: it is listed anew when its pause is over.
   */
  next(): Lane | undefined {
    for (const name of classes) {
      if (name === 'i' && this.throttled) return undefined;
      for (let lane = this.#rounds?.[name]?.shift(); lane !== undefined; lane = this.#rounds?.[name]?.shift()) {
        this.#listed--;
        lane.listed = false;
        if (!lane.pausing) return lane;
      }
    }
    return undefined;
  }

  /** Gives a lane its turn back: it goes first again. */
  giveBack(lane: Lane): void {
    lane.listed = true;
    this.#listed++;
    this.#round(lane).unshift(lane);
  }

  #round(lane: Lane): Fifo<Lane> {
    this.#rounds ??= {};
    const round = this.#rounds[lane.at.lane] ?? new Fifo<Lane>();
    this.#rounds[lane.at.lane] = round;
    return round;
  }
}
