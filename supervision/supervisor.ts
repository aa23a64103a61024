/** Remembers how the agents of a node fared, as long as it matters, and says what becomes of one that failed. */
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

/** What is older than its period is forgotten when so many children have a past, then at twice what is left. */
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

  /** @param cause names the intent during which the child failed: tried again, it counts once */
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

  /** A human has looked at it: it starts with a clean past. */
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
