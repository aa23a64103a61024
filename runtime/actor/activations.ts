/**
 * Activations of a node's agents: begun by the first intent, ended when idle, after a failure, or when their partition is lost.
 *
 * absent ──enter──▶ starting ──▶ idle ⇄ busy ──idle for long, or its partition lost──▶ absent
 *                      └──────failed──────┴──▶ unavailable (`agent-supervisor.ts`) ──▶ absent
 *
 * An agent without state, hooks and timers uses no memory between two intents: only its failures are remembered.
 */
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { FailureCause } from '../core/supervision.ts';
import type { Lease } from '../mailbox/lease.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import { Activation } from './activation.ts';
import type { ActivationCounts, Instance } from './activation-counts.ts';
import { ActivationTable } from './activation-table.ts';
import { ActivationTimers } from './activation-timers.ts';
import { type AgentSupervisor, ownDoing, type SupervisedAgent } from './agent-supervisor.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { ActivationContext } from './context.ts';
import { HookRunner } from './hook-runner.ts';
import { isThenable, type StrayMoment } from './stray-errors.ts';
import { type StrayEvents, StrayReports } from './stray-reports.ts';

export interface ActivationsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervisor: AgentSupervisor;
  readonly contextFor: (activation: Activation) => ActivationContext & Disposable;
  readonly events: StrayEvents;
  /** Limit of activations in memory; above it idle ones end early. */
  readonly maxActivations: number;
}

export class Activations {
  readonly #parts: ActivationsParts;
  readonly #table: ActivationTable;
  readonly #supervisor: AgentSupervisor;
  readonly #hooks: HookRunner;
  #stopped = false;
  readonly #strays: StrayReports;

  constructor(parts: ActivationsParts) {
    this.#parts = parts;
    this.#strays = new StrayReports(parts.clock, parts.log, parts.events);
    this.#supervisor = parts.supervisor;
    this.#table = new ActivationTable(parts.clock, parts.maxActivations, (idle) => void this.#passivate(idle));
    this.#hooks = new HookRunner(parts.contextFor, (activation, error, moment) =>
      this.strayed(activation, error, moment, ownDoing('stray error')),
    );
  }

  get counts(): ActivationCounts {
    return { active: this.#table.count, strayErrors: this.#strays.count };
  }

  /** Agents that are down, then those in memory: an answer may have no room for all. */
  get instances(): readonly Instance[] {
    const active = [...this.#table].map(({ id, mutex, progress }): Instance => {
      return { id, status: mutex.isHeld ? 'busy' : 'idle', progress };
    });
    return [
      ...this.#supervisor.unavailable.map(({ id, why }): Instance => ({ id, status: why, progress: '' })),
      ...active,
    ];
  }

  /**
   * Enters the agent's activation, begun if there is none, with its mutex held: `leave` releases it.
   * @throws what the definition's `state` and `activated` throw; NodeStoppingError when the node stops first;
   * PartitionLostError
   */
  enter(id: string, agent: CompiledAgent, lease: Lease): Activation | Promise<Activation> {
    const down = this.#supervisor.whenUp(id);
    if (down !== undefined) return this.#enterAfter(down, id, agent, lease);
    if (agent.stateless) return new Activation(id, agent, lease, 0);
    const activation = this.#table.find(id);
    if (activation === undefined) return this.#begin(id, agent, lease);
    const turn = activation.mutex.acquire();
    return turn === undefined ? activation : this.#enterAfter(turn, id, agent, lease, activation);
  }

  /**
   * Ends every activation whose partition this node lost: cancels its timers, refuses its sends. Does not call `passivated`,
   * because the agent continues on another node.
   */
  abandonLost(): void {
    for (const activation of [...this.#table]) if (activation.lease.lost !== undefined) this.#end(activation);
    this.#supervisor.forgetLost();
  }

  /** Leaves after an intent that was handled, or whose failure is not the agent's fault. */
  leave(activation: Activation): void {
    if (activation.agent.stateless) return;
    activation.usedAt = this.#parts.clock.monotonic();
    activation.mutex.release();
  }

  succeeded(activation: Activation): void {
    this.#supervisor.succeeded(activation.id);
    this.leave(activation);
  }

  /** Ends the activation, and reports to the supervisor. @param cause the same for every attempt */
  failed(activation: Activation, cause: FailureCause): void {
    const child = supervised(activation);
    this.#end(activation);
    this.#supervisor.failed(child, cause);
  }

  /** Reports a failure to begin an activation. */
  failedToBegin(id: string, agent: CompiledAgent, lease: Lease, cause: FailureCause): void {
    this.#supervisor.failed({ id, rule: agent.supervision, startsItself: false, agent, lease }, cause);
  }

  /** Activates an agent that does not wait for its next intent, as soon as it is up. */
  async start(child: SupervisedAgent): Promise<void> {
    const { id, agent, lease } = child;
    try {
      this.leave(await this.enter(id, agent, lease));
    } catch (error) {
      if (this.#stopped || lease.lost !== undefined) return;
      this.#parts.log.warn({ agent: id, reason: reasonOf(error) }, 'agent could not be restarted');
      this.#supervisor.failed(child, ownDoing('restart'));
    }
  }

  /**
   * Handles a stray error of the agent's code. A late one came after the handling, timer or hook that started it: the agent
   * first finishes its present work, which is not at fault. One of many no longer fails the agent.
   * @param cause as in `failed`
   */
  strayed(activation: Activation, error: unknown, moment: StrayMoment, cause: FailureCause): void {
    this.#strays.add(activation.id, error, moment);
    if (moment === 'late') void this.#failWhenFree(activation, cause);
  }

  async #failWhenFree(activation: Activation, cause: FailureCause): Promise<void> {
    if (activation.agent.stateless) return this.#supervisor.failed(supervised(activation), cause);
    await activation.mutex.acquire();
    if (activation.over) activation.mutex.release();
    else this.failed(activation, cause);
  }

  stop(): void {
    this.#stopped = true;
    this.#supervisor.stop();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Ends every activation after its `passivated` hook. */
  async end(): Promise<void> {
    this.#stopped = true;
    this.#table.stop();
    this.#strays.close();
    await Promise.all([...this.#table].map((activation) => this.#passivate(activation)));
  }

  async #enterAfter(
    wait: Promise<void>,
    id: string,
    agent: CompiledAgent,
    lease: Lease,
    activation?: Activation,
  ): Promise<Activation> {
    await wait;
    if (activation !== undefined && !activation.over) return activation;
    activation?.mutex.release();
    if (this.#stopped) throw new NodeStoppingError();
    if (lease.lost !== undefined) throw lease.lost;
    return this.enter(id, agent, lease);
  }

  #begin(id: string, agent: CompiledAgent, lease: Lease): Activation | Promise<Activation> {
    const { clock } = this.#parts;
    const activation = new Activation(id, agent, lease, clock.monotonic());
    if (agent.timers.size > 0)
      activation.timers = new ActivationTimers(agent, clock, (name) => void this.#serve(activation, name));
    void activation.mutex.acquire();
    this.#table.add(activation);
    try {
      const state = this.#hooks.run(activation, () => agent.state?.(id));
      if (!isThenable(state) && agent.activated === undefined) {
        activation.state = state;
        return activation;
      }
      return this.#beginSlowly(activation, state);
    } catch (error) {
      this.#end(activation);
      throw error;
    }
  }

  async #beginSlowly(activation: Activation, state: unknown): Promise<Activation> {
    try {
      activation.state = await state;
      await this.#hooks.act(activation, activation.agent.activated);
      return activation;
    } catch (error) {
      this.#end(activation);
      throw error;
    }
  }

  #end(activation: Activation): void {
    if (activation.over) return;
    activation.over = true;
    activation.timers?.end();
    this.#table.remove(activation);
    if (!activation.agent.stateless) activation.mutex.release();
  }

  async #passivate(activation: Activation): Promise<void> {
    await activation.mutex.acquire();
    if (activation.over) return activation.mutex.release();
    try {
      await this.#hooks.act(activation, activation.agent.passivated);
    } catch (error) {
      this.#parts.log.error({ agent: activation.id, reason: reasonOf(error) }, '"passivated" of an agent failed');
    }
    this.#end(activation);
  }

  async #serve(activation: Activation, timer: string): Promise<void> {
    await activation.mutex.acquire();
    const { lease } = activation;
    // fails only for a lost lease, which the next line checks
    if (!activation.over && !lease.isFresh) await lease.whenFresh().catch(() => undefined);
    if (activation.over || lease.lost !== undefined || this.#stopped) return activation.mutex.release();
    activation.progress = `timer ${timer}`;
    try {
      await this.#hooks.act(activation, activation.agent.timers.get(timer));
      activation.timers?.served(timer);
      this.leave(activation);
    } catch (error) {
      activation.timers?.served(timer);
      if (activation.over) return;
      this.#parts.log.warn({ agent: activation.id, timer, reason: reasonOf(error) }, 'a timer of an agent failed');
      this.failed(activation, ownDoing(`timer ${timer}`));
    }
  }
}

const supervised = ({ id, agent, lease, timers }: Activation): SupervisedAgent => {
  return { id, rule: agent.supervision, startsItself: timers?.any === true, agent, lease };
};
