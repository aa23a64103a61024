/**
 * Passivation: finds activations that have been idle for their time, or the longest when there are too many. One queue per kind, in
 * the order in which its activations became idle: all agents of a kind have the same idle time, so a search does not touch the others.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Activation } from './activation.ts';

/** The activations of one kind: the head has been idle longest. */
export type IdleQueue = Map<string, Activation>;

const sweepMs = 1_000;
/** How many activations are examined for an idle one when there are too many. */
const examined = 16;

export class Passivation {
  readonly #clock: Clock;
  readonly #queues: ReadonlyMap<string, IdleQueue>;
  readonly #idle: (activation: Activation) => void;
  #sweep: Timer | undefined;
  #stopped = false;

  /** @param idle called for each activation that is to end */
  constructor(clock: Clock, queues: ReadonlyMap<string, IdleQueue>, idle: (activation: Activation) => void) {
    this.#clock = clock;
    this.#queues = queues;
    this.#idle = idle;
  }

  /** Sweeps every second while there are activations. */
  schedule(): void {
    if (this.#stopped) return;
    this.#sweep ??= this.#clock.after(sweepMs, () => {
      this.#sweep = undefined;
      for (const queue of this.#queues.values()) this.#endIdle(queue);
      if (this.#queues.size > 0) this.schedule();
    });
  }

  /** Ends one idle activation, if it finds one quickly. */
  makeRoom(): void {
    for (const queue of this.#queues.values()) {
      let looked = 0;
      for (const activation of queue.values()) {
        if (activation.isIdle) return this.#idle(activation);
        if (++looked === examined) break;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#sweep?.cancel();
  }

  /** Moves an activation that was used since it was placed to the end of its queue. */
  #endIdle(queue: IdleQueue): void {
    const now = this.#clock.monotonic();
    for (const activation of queue.values()) {
      const { idleMs } = activation.agent;
      if (activation.placedAt + idleMs > now) return;
      if (activation.isIdle && activation.usedAt + idleMs <= now) this.#idle(activation);
      else {
        queue.delete(activation.id);
        activation.placedAt = now;
        queue.set(activation.id, activation);
      }
    }
  }
}
