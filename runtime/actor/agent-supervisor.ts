/**
 * Executes the decisions of a supervisor strategy about failed agents.
 *
 * up ──failed──▶ restart at once ──▶ up
 *        ├──▶ restarting ──backoff──▶ up
 *        ├──▶ one sender's lane paused ──resume──▶ lane continues
 *        └──▶ paused ──resume──▶ up
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { PausedLaneReport } from '../core/node-report.ts';
import type { Child, FailureCause, Supervisor, SupervisorStrategy } from '../core/supervision.ts';
import type { Lease } from '../mailbox/lease.ts';
import type { Activation } from './activation.ts';
import type { Instance } from './activation-counts.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import { type LaneEvents, PausedLanes } from './paused-lanes.ts';
import { type Down, UnavailableAgents } from './unavailable-agents.ts';

/** An agent of this node, with what its next activation needs. */
export interface SupervisedAgent extends Child {
  readonly agent: CompiledAgent;
  readonly lease: Lease;
}

export const supervised = ({ id, agent, lease, timers }: Activation): SupervisedAgent => {
  return { id, rule: agent.supervision, startsItself: timers?.any === true, agent, lease };
};

/** Called synchronously; must not throw. */
export interface RestartEvents extends LaneEvents {
  restarted(id: string, afterMs: number): void;
  /** The agent failed too often: its mailbox is paused until an operator resumes it. */
  paused(id: string, restarts: number): void;
}

export interface AgentSupervisorParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly strategy: SupervisorStrategy;
  readonly events: RestartEvents;
  /** Activates an agent without an intent. */
  readonly start: (child: SupervisedAgent) => void;
}

export interface RestartCounts extends Readonly<Record<Down, number>> {
  readonly pausedLanes: number;
}

/** The cause for a timer or a hook: no intent is at fault. */
export const ownDoing = (id: string): FailureCause => ({ id, origin: undefined });

export class AgentSupervisor implements Supervisor<SupervisedAgent> {
  readonly #parts: AgentSupervisorParts;
  readonly #unavailable: UnavailableAgents;
  readonly #lanes: PausedLanes;
  #stopped = false;

  constructor(parts: AgentSupervisorParts) {
    this.#parts = parts;
    this.#unavailable = new UnavailableAgents(parts.clock);
    this.#lanes = new PausedLanes(parts.log, parts.events);
  }

  get counts(): RestartCounts {
    return { ...this.#unavailable.counts, pausedLanes: this.#lanes.count };
  }

  /** Agents that are down. */
  get instances(): readonly Instance[] {
    return this.#unavailable.all.map(({ id, why }) => ({ id, status: why, progress: '' }));
  }

  /** Lanes that are paused until their agent is resumed. */
  get pausedLanes(): readonly PausedLaneReport[] {
    return this.#lanes.all;
  }

  /** Resolves when the agent may be activated; `undefined`: at once. */
  whenUp(id: string): Promise<void> | undefined {
    return this.#unavailable.of(id);
  }

  /** Is the lane with that subject paused, because its sender's intents made the agent fail too often? */
  isLanePaused(subject: string): boolean {
    return this.#lanes.has(subject);
  }

  /** Reports that an agent failed, unless the node stops or lost the agent's partition. */
  failed(child: SupervisedAgent, cause: FailureCause): void {
    if (this.#stopped || child.lease.lost !== undefined) return;
    this.#parts.strategy.failed(this, child, cause);
  }

  /** Reports that an agent handled an intent. */
  succeeded(id: string): void {
    this.#parts.strategy.succeeded(id);
  }

  /** Reports that the intent was at fault, not the agent. @param cause its id */
  deadLettered(id: string, cause: string): void {
    this.#parts.strategy.deadLettered(id, cause);
  }

  start(child: SupervisedAgent): void {
    this.#parts.start(child);
  }

  restart({ id, lease }: SupervisedAgent, afterMs: number): void {
    this.#parts.events.restarted(id, afterMs);
    if (afterMs > 0) this.#unavailable.begin(id, 'restarting', lease, afterMs);
  }

  pause({ id, lease }: SupervisedAgent, restarts: number): void {
    this.#parts.log.error({ agent: id, restarts }, 'agent failed too often: its mailbox is paused');
    this.#unavailable.begin(id, 'paused', lease);
    this.#parts.events.paused(id, restarts);
  }

  pauseLane({ id, lease }: SupervisedAgent, origin: string, restarts: number): void {
    this.#lanes.pause(id, lease, { origin, restarts });
    this.#parts.events.restarted(id, 0);
  }

  /** A restarting agent is not paused. */
  resume(id: string): boolean {
    const hadLanes = this.#lanes.resume(id);
    if (this.#unavailable.why(id) !== 'paused') return hadLanes;
    this.#parts.strategy.resetRestarts(id);
    this.#unavailable.end(id);
    return true;
  }

  /** Forgets agents and lanes of partitions that this node lost. */
  forgetLost(): void {
    this.#unavailable.endLost();
    this.#lanes.endLost();
  }

  /** Stops with the node: releases everything that waits for an agent. */
  stop(): void {
    this.#stopped = true;
    this.#unavailable.endAll();
  }
}
