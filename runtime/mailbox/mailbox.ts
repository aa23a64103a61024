/** One agent's mailbox inside the node: its lanes, served round robin; control before replies before intents. */
import type { LaneClass } from '../core/subjects.ts';
import { Fifo } from './fifo.ts';
import type { Lane } from './lane.ts';
import type { BucketState } from './token-bucket.ts';

const classes: readonly LaneClass[] = ['c', 'r', 'i'];

export class Mailbox {
  /** `kind` or `kind/key`. */
  readonly agent: string;
  /** Created when a lane has to wait for its turn. */
  #rounds: Partial<Record<LaneClass, Fifo<Lane>>> | undefined;
  #listed = 0;
  /** Number of intents held in its lanes. */
  held = 0;
  /** Number of payloads held in its lanes. */
  residents = 0;
  /** Number of lanes whose payloads are being reloaded. */
  loads = 0;
  /** Its agent is handling an intent. */
  busy = false;
  /** Its intake bucket is empty, and a timer runs. */
  throttled = false;
  /** It has been announced closed. */
  closed = false;
  bucket: BucketState | undefined;
  /** Empty, but kept until its token bucket is full again. */
  lingering = false;

  constructor(agent: string) {
    this.agent = agent;
  }

  /** Appends a lane to its round, once, if its head can be handled or must be loaded. */
  list(lane: Lane): void {
    if (lane.listed || lane.pausing || lane.waiting === 0 || (lane.loading && lane.residents === 0)) return;
    lane.listed = true;
    this.#listed++;
    this.#round(lane).push(lane);
  }

  /** True when it holds nothing and loads nothing. */
  get isEmpty(): boolean {
    return this.held === 0 && this.loads === 0;
  }

  /** True when nothing is being handled and no lane waits for its turn. */
  get isFree(): boolean {
    return !this.busy && !this.throttled && this.#listed === 0;
  }

  /**
   * Takes the next lane out of its round. Intents wait while the intake bucket is empty. Skips a lane whose head must now be
   * retried, although the lane was listed during its handling: it is listed anew when its pause ends.
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

  /** Returns a lane to the front of its round. */
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
