/** The activations in memory, by kind. `passivation.ts` ends those that are idle. */
import type { Clock } from '../core/clock.ts';
import { kindOf } from '../core/ids.ts';
import type { Activation } from './activation.ts';
import { type IdleQueue, Passivation } from './passivation.ts';

export class ActivationTable implements Iterable<Activation> {
  readonly #most: number;
  readonly #kinds = new Map<string, IdleQueue>();
  readonly #passivation: Passivation;
  #count = 0;

  /** @param idle called for each activation that has been idle too long, or must end because there are more than `most` */
  constructor(clock: Clock, most: number, idle: (activation: Activation) => void) {
    this.#most = most;
    this.#passivation = new Passivation(clock, this.#kinds, idle);
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
    if (this.#count >= this.#most) this.#passivation.makeRoom();
    this.#kinds.set(kind, activations.set(activation.id, activation));
    this.#count++;
    this.#passivation.schedule();
  }

  remove(activation: Activation): void {
    const activations = this.#kinds.get(activation.agent.kind);
    if (activations?.get(activation.id) !== activation) return;
    activations.delete(activation.id);
    this.#count--;
    if (activations.size === 0) this.#kinds.delete(activation.agent.kind);
  }

  stop(): void {
    this.#passivation.stop();
  }
}
