/** Supervises the agents of a node: remembers their failures, decides their restarts. */
import type { Clock } from '../runtime/core/clock.ts';
import type { Random } from '../runtime/core/random.ts';
import {
  causeDeadLettered,
  childFailed,
  childSucceeded,
  type FailureCause,
  noRestarts,
  type RestartDecision,
  type RestartHistory,
  type RestartRule,
  withinPeriod,
} from './one-for-one.ts';

interface Child {
  readonly rule: RestartRule;
  past: RestartHistory;
}

/** Above this number of children, entries older than their period are dropped; the next threshold is twice what remains. */
const forgetAbove = 1_024;

export class Supervisor {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #children = new Map<string, Child>();
  #forgetAt = forgetAbove;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** @param cause identifies the intent during which the child failed: retries of it count once */
  failed(id: string, rule: RestartRule, cause: FailureCause): RestartDecision {
    const now = this.#clock.monotonic();
    const before = this.#children.get(id)?.past ?? noRestarts;
    const { past, decision } = childFailed(rule, before, cause, now, this.#random.next());
    if (this.#children.size >= this.#forgetAt) this.#forgetOld(now);
    this.#children.set(id, { rule, past });
    return decision;
  }

  deadLettered(id: string, cause: string): void {
    const child = this.#children.get(id);
    if (child !== undefined) child.past = causeDeadLettered(child.past, cause);
  }

  succeeded(id: string): void {
    const child = this.#children.get(id);
    if (child === undefined) return;
    child.past = withinPeriod(child.rule, childSucceeded(child.past), this.#clock.monotonic());
    if (child.past.length === 0) this.#children.delete(id);
  }

  /** Clears the past of a child that a human has inspected. */
  resetRestarts(id: string): void {
    this.#children.delete(id);
  }

  #forgetOld(now: number): void {
    for (const [id, { rule, past }] of this.#children) {
      if (withinPeriod(rule, past, now).length === 0) this.#children.delete(id);
    }
    this.#forgetAt = Math.max(forgetAbove, 2 * this.#children.size);
  }
}
