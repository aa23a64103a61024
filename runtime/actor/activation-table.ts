/**
 * Lives in memory, and which of them have been idle for long. One queue per kind, because a kind has one idle time: whoever
 * stands first has stood longest, so looking for the idle ones costs nothing for all others.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Activation } from './activation.ts';

const sweepMs = 1_000;
/** How many are looked at to find one that is idle when there are too many. */
const lookedAt = 16;

export class ActivationTable implements Iterable<Activation> {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #idle: (life: Activation) => void;
  readonly #kinds = new Map<string, Map<string, Activation>>();
  #count = 0;
  #sweep: Timer | undefined;
  #stopped = false;

  /** @param idle called for each that has been idle for long, or must go because there are more than `most` */
  constructor(clock: Clock, most: number, idle: (life: Activation) => void) {
    this.#clock = clock;
    this.#most = most;
    this.#idle = idle;
  }

  get count(): number {
    return this.#count;
  }

  *[Symbol.iterator](): Iterator<Activation> {
    for (const lives of this.#kinds.values()) yield* lives.values();
  }

  find(id: string): Activation | undefined {
    return this.#kinds.get(kindOf(id))?.get(id);
  }

  add(life: Activation): void {
    const { kind } = life.agent;
    const lives = this.#kinds.get(kind) ?? new Map<string, Activation>();
    if (this.#count >= this.#most) this.#makeRoom();
    this.#kinds.set(kind, lives.set(life.id, life));
    this.#count++;
    this.#schedule();
  }

  remove(life: Activation): void {
    const lives = this.#kinds.get(life.agent.kind);
    if (lives?.get(life.id) !== life) return;
    lives.delete(life.id);
    this.#count--;
    if (lives.size === 0) this.#kinds.delete(life.agent.kind);
  }

  stop(): void {
    this.#stopped = true;
    this.#sweep?.cancel();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#sweep ??= this.#clock.after(sweepMs, () => {
      this.#sweep = undefined;
      for (const lives of this.#kinds.values()) this.#endIdle(lives);
      if (this.#count > 0) this.#schedule();
    });
  }

  /** Used since it was placed: it goes to the end of the queue. */
  #endIdle(lives: Map<string, Activation>): void {
    const now = this.#clock.monotonic();
    for (const life of lives.values()) {
      const { idleMs } = life.agent;
      if (life.placedAt + idleMs > now) return;
      if (life.isIdle && life.usedAt + idleMs <= now) this.#idle(life);
      else {
        lives.delete(life.id);
        life.placedAt = now;
        lives.set(life.id, life);
      }
    }
  }

  #makeRoom(): void {
    for (const lives of this.#kinds.values()) {
      let looked = 0;
      for (const life of lives.values()) {
        if (life.isIdle) return this.#idle(life);
        if (++looked === lookedAt) break;
      }
    }
  }
}

function kindOf(id: string): string {
  const slash = id.indexOf('/');
  return slash === -1 ? id : id.slice(0, slash);
}
