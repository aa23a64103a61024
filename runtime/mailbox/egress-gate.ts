/** The first brake: one token bucket per sending agent. Agents do not limit themselves; they can loop, so they will. */
import type { Clock, Timer } from '../core/clock.ts';
import { Fifo } from './fifo.ts';
import { EgressLimitedError, NodeStoppingError } from './mailbox-errors.ts';
import type { SendMode } from './sending.ts';
import { type BucketRule, type BucketState, fullBucket, takeTokens } from './token-bucket.ts';

interface Waiter {
  readonly resolve: (admitted: boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Agent {
  bucket: BucketState;
  /** Waiting sends in mode `wait`, in call order, which fixes the lane's order. */
  readonly waiting: Fifo<Waiter>;
  timer: Timer | undefined;
}

/** Above this number of buckets, full ones are dropped; the next threshold is twice what remains. */
const forgetAbove = 1024;

export class EgressGate {
  readonly #clock: Clock;
  readonly #rule: BucketRule | undefined;
  readonly #agents = new Map<string, Agent>();
  #forgetAt = forgetAbove;
  #closed = false;
  /** Number of sends refused or dropped. */
  refused = 0;

  /** @param rule `undefined`: no limit */
  constructor(clock: Clock, rule: BucketRule | undefined) {
    this.#clock = clock;
    this.#rule = rule;
  }

  /**
   * Takes one token of the agent's bucket: `true` if there is one. Otherwise by mode: an error, a promise that waits for its
   * turn until `giveUpAt` (monotonic), or `false`, which means that the send is dropped.
   * @throws EgressLimitedError, NodeStoppingError synchronously: a refused send takes no turn that others would wait for
   */
  admit(name: string, mode: SendMode, giveUpAt: number): boolean | Promise<boolean> {
    const rule = this.#rule;
    if (this.#closed) throw new NodeStoppingError();
    if (rule === undefined) return true;
    const now = this.#clock.monotonic();
    const agent = this.#agents.get(name) ?? this.#add(name, rule, now);
    const taken = takeTokens(rule, agent.bucket, 1, now);
    if (taken.waitMs === 0 && agent.waiting.length === 0) {
      agent.bucket = taken.state;
      return true;
    }
    if (mode === 'drop') {
      this.refused++;
      return false;
    }
    const waitMs = taken.waitMs + (agent.waiting.length * 1000) / rule.ratePerSecond;
    if (mode === 'reject' || now + waitMs > giveUpAt) {
      this.refused++;
      throw new EgressLimitedError(name, Math.ceil(waitMs));
    }
    return new Promise((resolve, reject) => {
      agent.waiting.push({ resolve, reject });
      if (agent.waiting.length === 1) this.#wake(agent, rule, Math.max(1, taken.waitMs));
    });
  }

  close(): void {
    this.#closed = true;
    for (const agent of this.#agents.values()) {
      agent.timer?.cancel();
      for (const waiter of agent.waiting) waiter.reject(new NodeStoppingError());
    }
    this.#agents.clear();
  }

  #wake(agent: Agent, rule: BucketRule, waitMs: number): void {
    agent.timer = this.#clock.after(waitMs, () => {
      while (agent.waiting.length > 0) {
        const taken = takeTokens(rule, agent.bucket, 1, this.#clock.monotonic());
        agent.bucket = taken.state;
        if (taken.waitMs > 0) return this.#wake(agent, rule, taken.waitMs);
        agent.waiting.shift()?.resolve(true);
      }
    });
  }

  #add(name: string, rule: BucketRule, now: number): Agent {
    if (this.#agents.size >= this.#forgetAt) this.#forgetFull(rule, now);
    const agent: Agent = { bucket: fullBucket(rule, now), waiting: new Fifo(), timer: undefined };
    this.#agents.set(name, agent);
    return agent;
  }

  #forgetFull(rule: BucketRule, now: number): void {
    for (const [name, agent] of this.#agents) {
      const { tokens } = takeTokens(rule, agent.bucket, 0, now).state;
      if (tokens >= rule.burst && agent.waiting.length === 0) this.#agents.delete(name);
    }
    this.#forgetAt = Math.max(forgetAbove, 2 * this.#agents.size);
  }
}
