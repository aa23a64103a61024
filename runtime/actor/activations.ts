/**
 * The lives of a node's agents: begun by the first intent, ended when idle, restarted when they fail, paused when they fail
 * too often.
 *
 * absent ──enter──▶ starting ──▶ idle ⇄ busy ──idle for long, or its partition lost──▶ absent
 *                      └──────failed──────┴──▶ restarting ──backoff──▶ absent
 *                                                └ too often ──▶ paused ──resume──▶ absent
 *
 * An agent without state, hooks and timers is nothing between two intents: only its failures are remembered.
 */
import { BoundedLog } from '../core/bounded-log.ts';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { PausedLaneReport } from '../core/node-report.ts';
import type { Lease } from '../mailbox/lease.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import { Activation } from './activation.ts';
import { ActivationTable } from './activation-table.ts';
import { ActivationTimers } from './activation-timers.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { ActivationContext } from './context.ts';
import { PausedLanes } from './paused-lanes.ts';
import { isThenable, type StrayMoment, StrayScope } from './stray-errors.ts';
import { type ActivationEvents, type FailureCause, ownDoing, type Supervision } from './supervision.ts';
import { type Down, UnavailableAgents } from './unavailable-agents.ts';

export interface ActivationsParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervision: Supervision;
  readonly contextFor: (life: Activation) => ActivationContext & Disposable;
  readonly events: ActivationEvents;
  /** Lives kept in memory; beyond that idle ones end early. */
  readonly maxActivations: number;
}

export interface Instance {
  readonly id: string;
  readonly status: 'idle' | 'busy' | Down;
  readonly progress: string;
}

export interface LifeCounts {
  readonly active: number;
  readonly restarting: number;
  readonly paused: number;
  readonly pausedLanes: number;
  /** Since the start. */
  readonly strayErrors: number;
}

/** A run of `state`, a hook or a timer. */
class HookScope extends StrayScope {
  readonly agent: string;
  readonly #listener: (error: unknown, moment: StrayMoment) => void;

  constructor(agent: string, listener: (error: unknown, moment: StrayMoment) => void) {
    super();
    this.agent = agent;
    this.#listener = listener;
  }

  protected override told(error: unknown, moment: StrayMoment): void {
    this.#listener(error, moment);
  }
}

export class Activations {
  readonly #parts: ActivationsParts;
  readonly #residents: ActivationTable;
  readonly #downtimes: UnavailableAgents;
  readonly #pausedLanes: PausedLanes;
  #stopped = false;
  readonly #strayLog: BoundedLog;
  #strayErrors = 0;

  constructor(parts: ActivationsParts) {
    this.#parts = parts;
    this.#strayLog = new BoundedLog(parts.clock, parts.log);
    this.#downtimes = new UnavailableAgents(parts.clock);
    this.#pausedLanes = new PausedLanes(parts.log, parts.events);
    this.#residents = new ActivationTable(parts.clock, parts.maxActivations, (life) => void this.#passivate(life));
  }

  get counts(): LifeCounts {
    return {
      active: this.#residents.count,
      strayErrors: this.#strayErrors,
      pausedLanes: this.#pausedLanes.count,
      ...this.#downtimes.counts,
    };
  }

  /** Lanes that are held until their agent is resumed. */
  get pausedLanes(): readonly PausedLaneReport[] {
    return this.#pausedLanes.all;
  }

  /** Those that are down, and those in memory: an answer may have no room for all. */
  get instances(): readonly Instance[] {
    const lives = [...this.#residents].map(({ id, mutex, progress }): Instance => {
      return { id, status: mutex.isHeld ? 'busy' : 'idle', progress };
    });
    return [...this.#downtimes.all.map(({ id, why }): Instance => ({ id, status: why, progress: '' })), ...lives];
  }

  /**
   * The agent's life, begun if there is none, with its turn taken: `leave` gives it back.
   * @throws what the definition's `state` and `activated` throw; SenderClosedError when the node stops first; PartitionLostError
   */
  enter(id: string, agent: CompiledAgent, lease: Lease): Activation | Promise<Activation> {
    const down = this.#downtimes.of(id);
    if (down !== undefined) return this.#enterAfter(down, id, agent, lease);
    if (agent.stateless) return new Activation(id, agent, lease, 0);
    const life = this.#residents.find(id);
    if (life === undefined) return this.#begin(id, agent, lease);
    const turn = life.mutex.acquire();
    return turn === undefined ? life : this.#enterAfter(turn, id, agent, lease, life);
  }

  /**
   * Ends every life whose partition is no longer this node's: its timers are cancelled, and what it still says is refused. Its
   * `passivated` is not called: the agent lives on elsewhere.
   */
  abandonLost(): void {
    for (const life of [...this.#residents]) if (life.lease.lost !== undefined) this.#end(life);
    this.#downtimes.endLost();
    this.#pausedLanes.endLost();
  }

  /** An intent has been handled well, or is not its agent's fault. */
  leave(life: Activation): void {
    if (life.agent.stateless) return;
    life.usedAt = this.#parts.clock.monotonic();
    life.mutex.release();
  }

  succeeded(life: Activation): void {
    this.#parts.supervision.succeeded(life.id);
    this.leave(life);
  }

  /** This life is over; the next begins when the supervisor says so. @param cause the same for every attempt */
  failed(life: Activation, cause: FailureCause): void {
    const restartsItself = life.timers?.any === true;
    this.#end(life);
    this.#goDown(life.id, life.agent, life.lease, cause, restartsItself);
  }

  /** It could not even begin. */
  failedToBegin(id: string, agent: CompiledAgent, lease: Lease, cause: FailureCause): void {
    this.#goDown(id, agent, lease, cause, false);
  }

  /**
   * A stray error of its code. A late one came after the handling, timer or hook that started it: what the agent does by then is
   * finished first, because it is not at fault. One of many fails nothing any more.
   * @param cause as in `failed`
   */
  strayed(life: Activation, error: unknown, moment: StrayMoment, cause: FailureCause): void {
    const { id } = life;
    this.#strayErrors++;
    this.#parts.events.strayError(id, error);
    if (moment === 'one_of_many') return this.#strayLog.leaveOut();
    this.#strayLog.warn(() => ({ agent: id, reason: reasonOf(error) }), 'a stray error of an agent: the agent fails');
    if (moment === 'late') void this.#failWhenFree(life, cause);
  }

  async #failWhenFree(life: Activation, cause: FailureCause): Promise<void> {
    if (life.agent.stateless) return this.#goDown(life.id, life.agent, life.lease, cause, false);
    await life.mutex.acquire();
    if (life.over) life.mutex.release();
    else this.failed(life, cause);
  }

  /** The intent was at fault. */
  deadLettered(id: string, cause: string): void {
    this.#parts.supervision.deadLettered(id, cause);
  }

  /** Is the lane with that subject held, because its sender's intents made the agent fail too often? */
  isLanePaused(subject: string): boolean {
    return this.#pausedLanes.has(subject);
  }

  /** Lets a paused agent, and its paused lanes, go on. @returns whether anything was paused; one that is restarting is not */
  resume(id: string): boolean {
    const hadLanes = this.#pausedLanes.resume(id);
    if (this.#downtimes.why(id) !== 'paused') return hadLanes;
    this.#parts.supervision.resetRestarts(id);
    this.#downtimes.end(id);
    return true;
  }

  /** Whoever waits for an agent that is down waits no longer: the node stops. */
  stop(): void {
    this.#stopped = true;
    this.#downtimes.endAll();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Ends every life, each with its hook. */
  async end(): Promise<void> {
    this.#stopped = true;
    this.#residents.stop();
    this.#strayLog.close();
    await Promise.all([...this.#residents].map((life) => this.#passivate(life)));
  }

  async #enterAfter(
    wait: Promise<void>,
    id: string,
    agent: CompiledAgent,
    lease: Lease,
    life?: Activation,
  ): Promise<Activation> {
    await wait;
    if (life !== undefined && !life.over) return life;
    life?.mutex.release();
    if (this.#stopped) throw new NodeStoppingError();
    if (lease.lost !== undefined) throw lease.lost;
    return this.enter(id, agent, lease);
  }

  #begin(id: string, agent: CompiledAgent, lease: Lease): Activation | Promise<Activation> {
    const { clock } = this.#parts;
    const life = new Activation(id, agent, lease, clock.monotonic());
    if (agent.timers.size > 0) life.timers = new ActivationTimers(agent, clock, (name) => void this.#serve(life, name));
    void life.mutex.acquire();
    this.#residents.add(life);
    try {
      const state = this.#run(life, () => agent.state?.(id));
      if (!isThenable(state) && agent.activated === undefined) {
        life.state = state;
        return life;
      }
      return this.#beginSlowly(life, state);
    } catch (error) {
      this.#end(life);
      throw error;
    }
  }

  async #beginSlowly(life: Activation, state: unknown): Promise<Activation> {
    try {
      life.state = await state;
      await this.#act(life, life.agent.activated);
      return life;
    } catch (error) {
      this.#end(life);
      throw error;
    }
  }

  #end(life: Activation): void {
    if (life.over) return;
    life.over = true;
    life.timers?.end();
    this.#residents.remove(life);
    if (!life.agent.stateless) life.mutex.release();
  }

  async #passivate(life: Activation): Promise<void> {
    await life.mutex.acquire();
    if (life.over) return life.mutex.release();
    try {
      await this.#act(life, life.agent.passivated);
    } catch (error) {
      this.#parts.log.error({ agent: life.id, reason: reasonOf(error) }, '"passivated" of an agent failed');
    }
    this.#end(life);
  }

  async #serve(life: Activation, timer: string): Promise<void> {
    await life.mutex.acquire();
    if (!life.over && !life.lease.isFresh) await life.lease.whenFresh().catch(() => undefined);
    if (life.over || this.#stopped) return life.mutex.release();
    life.progress = `timer ${timer}`;
    try {
      await this.#act(life, life.agent.timers.get(timer));
      life.timers?.served(timer);
      this.leave(life);
    } catch (error) {
      life.timers?.served(timer);
      if (life.over) return;
      this.#parts.log.warn({ agent: life.id, timer, reason: reasonOf(error) }, 'a timer of an agent failed');
      this.failed(life, ownDoing(`timer ${timer}`));
    }
  }

  async #act(life: Activation, act: CompiledAgent['activated']): Promise<void> {
    if (act === undefined) return;
    using context = this.#parts.contextFor(life);
    await this.#run(life, () => act(context));
  }

  /** Runs code of the agent that no intent asked for. */
  #run<T>(life: Activation, code: () => T | PromiseLike<T>): T | Promise<T> {
    const scope = new HookScope(life.id, (error, moment) => this.strayed(life, error, moment, ownDoing('stray error')));
    const result = scope.run(code, undefined);
    if (!isThenable(result)) return result;
    const same = (value: T): T => value;
    return scope.settle<T, T>(result, same, (error) => Promise.reject(error));
  }

  #goDown(id: string, agent: CompiledAgent, lease: Lease, cause: FailureCause, restartsItself: boolean): void {
    const { supervision, events, log } = this.#parts;
    if (this.#stopped || lease.lost !== undefined) return;
    const decision = supervision.failed(id, agent.supervision, cause);
    if (decision.kind === 'give_up') {
      log.error({ agent: id, restarts: decision.restarts }, 'agent failed too often: its mailbox is paused');
      this.#downtimes.begin(id, 'paused', lease);
      return events.paused(id, decision.restarts);
    }
    if (decision.kind === 'hold_origin') this.#pausedLanes.pause(id, lease, decision);
    const afterMs = decision.kind === 'restart' ? decision.afterMs : 0;
    events.restarted(id, afterMs);
    if (afterMs > 0) this.#downtimes.begin(id, 'restarting', lease, afterMs);
    if (restartsItself) void this.#restart(id, agent, lease);
  }

  /** An agent that acts by itself is not left until somebody happens to write to it. */
  async #restart(id: string, agent: CompiledAgent, lease: Lease): Promise<void> {
    try {
      this.leave(await this.enter(id, agent, lease));
    } catch (error) {
      if (this.#stopped || lease.lost !== undefined) return;
      this.#parts.log.warn({ agent: id, reason: reasonOf(error) }, 'agent could not be restarted');
      this.#goDown(id, agent, lease, ownDoing('restart'), true);
    }
  }
}
