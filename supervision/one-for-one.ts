/** Supervises the agents of a node by `one_for_one`: remembers the failures of each, as long as they matter. */
import type { Clock } from '../runtime/core/clock.ts';
import type { Random } from '../runtime/core/random.ts';
import type { Child, FailureCause, RestartRule, Supervisor, SupervisorStrategy } from '../runtime/core/supervision.ts';
import {
  causeDeadLettered,
  childFailed,
  childSucceeded,
  noRestarts,
  type RestartHistory,
  withinPeriod,
} from './one-for-one-decision.ts';

interface ChildRecord {
  readonly rule: RestartRule;
  past: RestartHistory;
}

/** Above this number of children, entries older than their period are dropped; the next threshold is twice what remains. */
const forgetAbove = 1_024;

export class OneForOneStrategy implements SupervisorStrategy {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #children = new Map<string, ChildRecord>();
  #forgetAt = forgetAbove;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Retries of one intent count once. */
  failed<C extends Child>(supervisor: Supervisor<C>, child: C, cause: FailureCause): void {
    const { id, rule } = child;
    const now = this.#clock.monotonic();
    const before = this.#children.get(id)?.past ?? noRestarts;
    const { past, decision } = childFailed(rule, before, cause, now, this.#random.next());
    if (this.#children.size >= this.#forgetAt) this.#forgetOld(now);
    this.#children.set(id, { rule, past });
    switch (decision.kind) {
      case 'give_up':
        return supervisor.pause(child, decision.restarts);
      case 'hold_origin':
        supervisor.pauseLane(child, decision.origin, decision.restarts);
        break;
      case 'restart':
        supervisor.restart(child, decision.afterMs);
        break;
      default:
        decision satisfies never;
    }
    if (child.startsItself) supervisor.start(child);
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
