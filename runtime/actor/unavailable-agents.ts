/**
 * Agents that are down, with the promises of their waiters: for a moment after a failure, or until an operator resumes them.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Lease } from '../mailbox/lease.ts';

export type Down = 'restarting' | 'paused';

interface Downtime {
  readonly why: Down;
  readonly over: Promise<void>;
  readonly end: () => void;
  readonly timer: Timer | undefined;
  readonly lease: Lease;
}

export class UnavailableAgents {
  readonly #clock: Clock;
  readonly #downtimes = new Map<string, Downtime>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get counts(): Readonly<Record<Down, number>> {
    let paused = 0;
    for (const { why } of this.#downtimes.values()) if (why === 'paused') paused++;
    return { paused, restarting: this.#downtimes.size - paused };
  }

  get all(): readonly { readonly id: string; readonly why: Down }[] {
    return [...this.#downtimes].map(([id, { why }]) => ({ id, why }));
  }

  /** Resolves when the agent is no longer down; `undefined` if it is not down. */
  of(id: string): Promise<void> | undefined {
    return this.#downtimes.get(id)?.over;
  }

  why(id: string): Down | undefined {
    return this.#downtimes.get(id)?.why;
  }

  /** @param ms the downtime; without it the agent stays down until it is resumed */
  begin(id: string, why: Down, lease: Lease, ms?: number): void {
    this.end(id);
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const timer = ms === undefined ? undefined : this.#clock.after(ms, () => this.end(id));
    this.#downtimes.set(id, { why, over, end, timer, lease });
  }

  end(id: string): void {
    const downtime = this.#downtimes.get(id);
    if (downtime === undefined) return;
    this.#downtimes.delete(id);
    downtime.timer?.cancel();
    downtime.end();
  }

  /** Ends the downtime of agents whose partition this node lost. */
  endLost(): void {
    for (const [id, { lease }] of [...this.#downtimes]) if (lease.lost !== undefined) this.end(id);
  }

  endAll(): void {
    for (const id of [...this.#downtimes.keys()]) this.end(id);
  }
}
