/**
 * Carries out the supervisor's decisions about failed agents.
 *
 * up ──failed──▶ restart at once ──▶ up
 *        ├──▶ restarting ──backoff──▶ up
 *        ├──▶ one sender's lane paused ──resume──▶ lane continues
 *        └──▶ paused ──resume──▶ up
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { PausedLaneReport } from '../core/node-report.ts';
import type { Lease } from '../mailbox/lease.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import { PausedLanes } from './paused-lanes.ts';
import type { FailureCause, RestartEvents, Supervision } from './supervision.ts';
import { type Down, UnavailableAgents } from './unavailable-agents.ts';

export interface RestartsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervision: Supervision;
  readonly events: RestartEvents;
}

export interface RestartCounts extends Readonly<Record<Down, number>> {
  readonly pausedLanes: number;
}

export class Restarts {
  readonly #parts: RestartsParts;
  readonly #unavailable: UnavailableAgents;
  readonly #lanes: PausedLanes;

  constructor(parts: RestartsParts) {
    this.#parts = parts;
    this.#unavailable = new UnavailableAgents(parts.clock);
    this.#lanes = new PausedLanes(parts.log, parts.events);
  }

  get counts(): RestartCounts {
    return { ...this.#unavailable.counts, pausedLanes: this.#lanes.count };
  }

  get unavailable(): readonly { readonly id: string; readonly why: Down }[] {
    return this.#unavailable.all;
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

  /** @param cause the same for every attempt @returns whether the agent may be activated again, perhaps after a backoff */
  failed(id: string, agent: CompiledAgent, lease: Lease, cause: FailureCause): boolean {
    const { supervision, events, log } = this.#parts;
    const decision = supervision.failed(id, agent.supervision, cause);
    switch (decision.kind) {
      case 'give_up':
        log.error({ agent: id, restarts: decision.restarts }, 'agent failed too often: its mailbox is paused');
        this.#unavailable.begin(id, 'paused', lease);
        events.paused(id, decision.restarts);
        return false;
      case 'hold_origin':
        this.#lanes.pause(id, lease, decision);
        events.restarted(id, 0);
        return true;
      case 'restart':
        events.restarted(id, decision.afterMs);
        if (decision.afterMs > 0) this.#unavailable.begin(id, 'restarting', lease, decision.afterMs);
        return true;
      default:
        return decision satisfies never;
    }
  }

  /** Records that the agent handled an intent. */
  succeeded(id: string): void {
    this.#parts.supervision.succeeded(id);
  }

  /** Records that the intent was at fault, not the agent. */
  deadLettered(id: string, cause: string): void {
    this.#parts.supervision.deadLettered(id, cause);
  }

  /** Resumes a paused agent with its paused lanes. @returns whether anything was paused; a restarting agent is not */
  resume(id: string): boolean {
    const hadLanes = this.#lanes.resume(id);
    if (this.#unavailable.why(id) !== 'paused') return hadLanes;
    this.#parts.supervision.resetRestarts(id);
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
    this.#unavailable.endAll();
  }
}
