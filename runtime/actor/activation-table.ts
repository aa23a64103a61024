/**
 * The activations in memory, with the order in which they became idle. One queue per kind, because all agents of a kind have
 * the same idle time: the head of a queue has been idle longest, so a search for idle ones does not touch the others.
 */

import type { Clock, Timer } from '../core/clock.ts';
import { kindOf } from '../core/ids.ts';
import type { Activation } from './activation.ts';

const sweepMs = 1_000;
/** How many activations are examined for an idle one when there are too many. */
const lookedAt = 16;

export class ActivationTable implements Iterable<Activation> {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #idle: (activation: Activation) => void;
  readonly #kinds = new Map<string, Map<string, Activation>>();
  #count = 0;
  #sweep: Timer | undefined;
  #stopped = false;

  /** @param idle called for each activation that has been idle too long, or must end because there are more than `most` */
  constructor(clock: Clock, most: number, idle: (activation: Activation) => void) {
    this.#clock = clock;
    this.#most = most;
    this.#idle = idle;
  }

  get count(): number {
    return this.#count;
  }

  *[Symbol.iterator](): Iterator<Activation> {
    for (const activations of this.#kinds.values()) yield* activations.values();
  }

  find(id: string): Activation | undefined {
    return this.#kinds.get(kindOf(id))?.get(id);
  }

  add(activation: Activation): void {
    const { kind } = activation.agent;
    const activations = this.#kinds.get(kind) ?? new Map<string, Activation>();
    if (this.#count >= this.#most) this.#makeRoom();
    this.#kinds.set(kind, activations.set(activation.id, activation));
    this.#count++;
    this.#schedule();
  }

  remove(activation: Activation): void {
    const activations = this.#kinds.get(activation.agent.kind);
    if (activations?.get(activation.id) !== activation) return;
    activations.delete(activation.id);
    this.#count--;
    if (activations.size === 0) this.#kinds.delete(activation.agent.kind);
  }

  stop(): void {
    this.#stopped = true;
    this.#sweep?.cancel();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#sweep ??= this.#clock.after(sweepMs, () => {
      this.#sweep = undefined;
      for (const activations of this.#kinds.values()) this.#endIdle(activations);
      if (this.#count > 0) this.#schedule();
    });
  }

  /** Used since it was placed: it moves to the end of the queue. */
  #endIdle(activations: Map<string, Activation>): void {
    const now = this.#clock.monotonic();
    for (const activation of activations.values()) {
      const { idleMs } = activation.agent;
      if (activation.placedAt + idleMs > now) return;
      if (activation.isIdle && activation.usedAt + idleMs <= now) this.#idle(activation);
      else {
        activations.delete(activation.id);
        activation.placedAt = now;
        activations.set(activation.id, activation);
      }
    }
  }

  #makeRoom(): void {
    for (const activations of this.#kinds.values()) {
      let looked = 0;
      for (const activation of activations.values()) {
        if (activation.isIdle) return this.#idle(activation);
        if (++looked === lookedAt) break;
      }
    }
  }
}
