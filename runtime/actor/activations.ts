/**
 * Activations of a node's agents: begun by the first intent, ended when idle, after a failure, or when their partition is lost.
 *
 * absent ──enter──▶ starting ──▶ idle ⇄ busy ──idle for long, or its partition lost──▶ absent
 *                      └──────failed──────┴──▶ unavailable (`agent-supervisor.ts`) ──▶ absent
 *
 * An agent without state, hooks and timers uses no memory between two intents: only its failures are remembered.
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { faultOf } from '../core/stack.ts';
import type { FailureCause } from '../core/supervision.ts';
import type { Lease } from '../mailbox/lease.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import { Activation } from './activation.ts';
import type { ActivationCounts, Instance } from './activation-counts.ts';
import type { ActivationHost, HookDelivery } from './activation-host.ts';
import { ActivationTable } from './activation-table.ts';
import { type AgentSupervisor, ownDoing, type SupervisedAgent, supervised } from './agent-supervisor.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { ActivationContext } from './context.ts';
import { HookRunner } from './hook-runner.ts';
import { isThenable, type StrayMoment } from './stray-errors.ts';
import { type StrayEvents, StrayReports } from './stray-reports.ts';

export interface ActivationsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervisor: AgentSupervisor;
  /** Runs the code of every agent. */
  readonly host: ActivationHost;
  readonly contextFor: (activation: Activation) => ActivationContext & Disposable;
  readonly events: StrayEvents;
  /** Limit of activations in memory; above it idle ones end early. */
  readonly maxActivations: number;
}

const activatedHook: HookDelivery = Object.freeze({ kind: 'activated' });
const passivatedHook: HookDelivery = Object.freeze({ kind: 'passivated' });

export class Activations {
  readonly #parts: ActivationsParts;
  readonly #table: ActivationTable;
  readonly #supervisor: AgentSupervisor;
  readonly #hooks: HookRunner;
  #stopped = false;
  #made = 1;
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

  get instances(): readonly Instance[] {
    return [...this.#table].map(({ id, mutex, progress }) => ({
      id,
      status: mutex.isHeld ? 'busy' : 'idle',
      progress,
    }));
  }

  /**
   * Enters the agent's activation, begun if there is none, with its mutex held: `leave` releases it.
   * @throws what the definition's `state` and `activated` throw; NodeStoppingError when the node stops first;
   * PartitionLostError
   */
  enter(id: string, agent: CompiledAgent, lease: Lease): Activation | Promise<Activation> {
    const down = this.#supervisor.whenUp(id);
    if (down !== undefined) return this.#enterAfter(down, id, agent, lease);
    if (agent.stateless) return new Activation(this.#made++, id, agent, this.#parts.host, lease, 0);
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
      this.#parts.log.warn({ agent: id, ...faultOf(error) }, 'agent could not be restarted');
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
    const { clock, host } = this.#parts;
    const activation = new Activation(this.#made++, id, agent, host, lease, clock.monotonic());
    const timerDue = (timer: string): void => void this.#serve(activation, timer);
    void activation.mutex.acquire();
    this.#table.add(activation);
    try {
      const started = this.#hooks.run(activation, () => host.start(activation, timerDue));
      if (!isThenable(started) && agent.activated === undefined) return activation;
      return this.#beginSlowly(activation, started);
    } catch (error) {
      this.#end(activation);
      throw error;
    }
  }

  async #beginSlowly(activation: Activation, started: unknown): Promise<Activation> {
    try {
      await started;
      if (activation.agent.activated !== undefined) await this.#hooks.deliver(activation, activatedHook);
      return activation;
    } catch (error) {
      this.#end(activation);
      throw error;
    }
  }

  #end(activation: Activation): void {
    if (activation.over) return;
    activation.over = true;
    activation.host.kill(activation);
    this.#table.remove(activation);
    if (!activation.agent.stateless) activation.mutex.release();
  }

  async #passivate(activation: Activation): Promise<void> {
    await activation.mutex.acquire();
    if (activation.over) return activation.mutex.release();
    try {
      if (activation.agent.passivated !== undefined) await this.#hooks.deliver(activation, passivatedHook);
    } catch (error) {
      this.#parts.log.error({ agent: activation.id, ...faultOf(error) }, '"passivated" of an agent failed');
    }
    this.#end(activation);
  }

  /** Serves a timer that is due, after the present work. */
  async #serve(activation: Activation, timer: string): Promise<void> {
    await activation.mutex.acquire();
    const { lease } = activation;
    // fails only for a lost lease, which the next line checks
    if (!activation.over && !lease.isFresh) await lease.whenFresh().catch(() => undefined);
    if (activation.over || lease.lost !== undefined || this.#stopped) return activation.mutex.release();
    activation.progress = `timer ${timer}`;
    try {
      await this.#hooks.deliver(activation, { kind: 'timer', timer });
      activation.timers?.served(timer);
      this.leave(activation);
    } catch (error) {
      activation.timers?.served(timer);
      if (activation.over) return;
      this.#parts.log.warn({ agent: activation.id, timer, ...faultOf(error) }, 'a timer of an agent failed');
      this.failed(activation, ownDoing(`timer ${timer}`));
    }
  }
}
