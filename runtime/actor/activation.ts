/** One activation of an agent on this node: from its first intent until it is idle, fails, or the node stops. */
import { Mutex } from '../core/mutex.ts';
import type { Lease } from '../mailbox/lease.ts';
import type { ActivationTimers } from './activation-timers.ts';
import type { CompiledAgent } from './compiled-agent.ts';

export class Activation {
  /** `kind` or `kind/key`. */
  readonly id: string;
  readonly agent: CompiledAgent;
  /** Of its partition: nothing begins in this activation without it. */
  readonly lease: Lease;
  /** What the user's code keeps here. */
  state: unknown;
  timers: ActivationTimers | undefined;
  /** Monotonic: when it was last left. */
  usedAt: number;
  /** Monotonic: since when it stands in the queue of those that may be idle. */
  placedAt: number;
  /** What it does or did last, for whoever looks at it. */
  progress = '';
  over = false;
  #turns: Mutex | undefined;

  constructor(id: string, agent: CompiledAgent, lease: Lease, now: number) {
    this.id = id;
    this.agent = agent;
    this.lease = lease;
    this.usedAt = now;
    this.placedAt = now;
  }

  /** Intents, timers and hooks run one at a time. Made when it is needed: an agent without state needs none. */
  get mutex(): Mutex {
    this.#turns ??= new Mutex();
    return this.#turns;
  }

  /** Nobody would miss it: nothing runs, nothing will run by itself. */
  get isIdle(): boolean {
    return !this.mutex.isHeld && this.timers?.any !== true;
  }
}
