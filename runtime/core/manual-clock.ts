/** A clock that only moves when a test, simulation or replay advances it. */
import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  /** Absent after it fired or was cancelled. */
  run: (() => void) | undefined;
}

export class ManualClock implements Clock {
  readonly #start: number;
  /** A binary heap, the next timer first. Cancelled timers stay in it until they reach the top or outnumber the others. */
  #heap: Pending[] = [];
  #live = 0;
  #elapsed = 0;
  #order = 0;

  constructor(startMs: number = 1_700_000_000_000) {
    this.#start = startMs;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Number of waiting timers: a test that leaves any has leaked them. */
  get pending(): number {
    return this.#live;
  }

  after(ms: number, run: () => void): Timer {
    const timer: Pending = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, run };
    this.#live++;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return { cancel: () => this.#cancel(timer) };
  }

  /** Milliseconds until the next timer is due; `undefined` without one. */
  nextIn(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.due - this.#elapsed;
  }

  /** Advances time and fires due timers in order of time; timers due at the same time fire in order of creation. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (let next = this.#next(); next !== undefined && next.due <= until; next = this.#next()) this.#fire(next);
    this.#elapsed = until;
  }

  /** Advances time to the next timer and fires it alone; `false` without one. */
  step(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  #fire(next: Pending): void {
    const { run } = next;
    this.#pop();
    next.run = undefined;
    this.#live--;
    this.#elapsed = Math.max(this.#elapsed, next.due);
    run?.();
  }

  #cancel(timer: Pending): void {
    if (timer.run === undefined) return;
    timer.run = undefined;
    this.#live--;
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#live) this.#compact();
  }

  /** Returns the first waiting timer; drops cancelled ones before it. */
  #next(): Pending | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].run === undefined) this.#pop();
    return this.#heap[0];
  }

  /** A sorted array is a heap. */
  #compact(): void {
    this.#heap = this.#heap.filter(({ run }) => run !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const timer = heap[from];
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (timer === undefined || above === undefined || !isBefore(timer, above)) return;
      heap[parent] = timer;
      heap[at] = above;
      at = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const timer = heap[from];
    let at = from;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const useRight = left !== undefined && right !== undefined && isBefore(right, left);
      const below = useRight ? right : left;
      if (timer === undefined || below === undefined || !isBefore(below, timer)) return;
      const child = 2 * at + (useRight ? 2 : 1);
      heap[at] = below;
      heap[child] = timer;
      at = child;
    }
  }
}

const isBefore = (a: Pending, b: Pending): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
