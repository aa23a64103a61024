/**
 * The publishes that wait for the server's answer, by the number that each put into its reply subject. Hot path: a table of slots,
 * because a `Map` of numbers that come and go makes garbage with every other publish.
 *
 * A number is given once. Numbers whose slot is still taken are passed over, so that one late answer does not make the table grow.
 */
import type { PublishOutcome } from '../../core/publication.ts';

export type Settle = (outcome: PublishOutcome) => void;

export interface PendingPublish {
  readonly number: number;
  readonly subject: string;
  readonly settle: Settle;
  /** Counted in sweeps: reading the clock for every publish costs more than this is worth. */
  readonly sentIn: number;
}

const firstSlots = 1024;

export class PendingPublishes {
  #slots: (PendingPublish | undefined)[] = emptySlots(firstSlots);
  #next = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns its number */
  add(subject: string, settle: Settle, sentIn: number): number {
    if (2 * this.#size >= this.#slots.length) this.#grow();
    while (this.#slots[this.#slotOf(this.#next)] !== undefined) this.#next++;
    const number = this.#next++;
    this.#slots[this.#slotOf(number)] = { number, subject, settle, sentIn };
    this.#size++;
    return number;
  }

  /** @returns `undefined` for a number that was never given, or is no longer waited for */
  take(number: number): PendingPublish | undefined {
    const slot = this.#slotOf(number);
    const found = this.#slots[slot];
    if (found?.number !== number) return undefined;
    this.#slots[slot] = undefined;
    this.#size--;
    return found;
  }

  /** Takes all that match, the oldest first. */
  takeAll(matches: (pending: PendingPublish) => boolean): readonly PendingPublish[] {
    const found = this.#pending().filter(matches);
    for (const { number } of found) this.take(number);
    return found;
  }

  #pending(): PendingPublish[] {
    return this.#slots.filter((one) => one !== undefined).toSorted((a, b) => a.number - b.number);
  }

  /** The number of slots is a power of two. */
  #slotOf(number: number): number {
    return number % this.#slots.length;
  }

  #grow(): void {
    const pending = this.#pending();
    this.#slots = emptySlots(2 * this.#slots.length);
    for (const one of pending) this.#slots[this.#slotOf(one.number)] = one;
  }
}

const emptySlots = (count: number): (PendingPublish | undefined)[] => new Array(count).fill(undefined);
