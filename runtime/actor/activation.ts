/** One activation of an agent on this node: from its first intent until it is idle, fails, or the node stops. */
import { Mutex } from '../core/mutex.ts';
import type { Lease } from '../mailbox/lease.ts';
import type { Abortable, ActivationHost, HostedActivation } from './activation-host.ts';
import type { ActivationTimers } from './activation-timers.ts';
import type { CompiledAgent } from './compiled-agent.ts';

export class Activation implements HostedActivation {
  readonly number: number;
  readonly id: string;
  readonly agent: CompiledAgent;
  readonly host: ActivationHost;
  /** The lease of its partition: no work begins in this activation without it. */
  readonly lease: Lease;
  state: unknown;
  timers: ActivationTimers | undefined;
  running: Abortable | undefined;
  /** Monotonic: when it was last used. */
  usedAt: number;
  /** Monotonic: when it was placed in the queue of idle candidates. */
  placedAt: number;
  /** What it does or did last, for people who inspect it. */
  progress = '';
  over = false;
  #mutex: Mutex | undefined;

  constructor(number: number, id: string, agent: CompiledAgent, host: ActivationHost, lease: Lease, now: number) {
    this.number = number;
    this.id = id;
    this.agent = agent;
    this.host = host;
    this.lease = lease;
    this.usedAt = now;
    this.placedAt = now;
  }

  /** Intents, timers and hooks run one at a time. Created on demand: an agent without state needs none. */
  get mutex(): Mutex {
    this.#mutex ??= new Mutex();
    return this.#mutex;
  }

  /** Idle: holds no turn and has no pending timer. */
  get isIdle(): boolean {
    return !this.mutex.isHeld && this.timers?.any !== true;
  }
}
