/** The timers of one activation of an agent: named, in memory, lost when it ends. */
import type { Clock, Timer } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { AgentTimers } from './context.ts';

/** A timer of Node lasts at most 24.8 days. */
const longestMs = 24 * 24 * 3_600_000;

export class ActivationTimers implements AgentTimers {
  readonly #agent: CompiledAgent;
  readonly #clock: Clock;
  readonly #due: (name: string) => void;
  readonly #running = new Map<string, Timer>();
  /** Periodic timers, which restart once they have been served. */
  readonly #periods = new Map<string, number>();
  #over = false;

  /** @param due called when the agent has to serve the timer of that name; call `served` afterwards */
  constructor(agent: CompiledAgent, clock: Clock, due: (name: string) => void) {
    this.#agent = agent;
    this.#clock = clock;
    this.#due = due;
  }

  /** Tells whether a timer is running or waits to be served. */
  get any(): boolean {
    return this.#running.size > 0 || this.#periods.size > 0;
  }

  after(name: string, ms: number): void {
    this.#check(name, ms);
    this.#periods.delete(name);
    this.#start(name, ms);
  }

  every(name: string, ms: number): void {
    this.#check(name, ms);
    this.#periods.set(name, ms);
    this.#start(name, ms);
  }

  cancel(name: string): void {
    this.#periods.delete(name);
    this.#running.get(name)?.cancel();
    this.#running.delete(name);
  }

  served(name: string): void {
    const periodMs = this.#periods.get(name);
    if (periodMs !== undefined && !this.#running.has(name)) this.#start(name, periodMs);
  }

  /** Ends with the activation. */
  end(): void {
    this.#over = true;
    for (const name of [...this.#running.keys()]) this.cancel(name);
    this.#periods.clear();
  }

  #start(name: string, ms: number): void {
    if (this.#over) return;
    this.#running.get(name)?.cancel();
    const timer = this.#clock.after(ms, () => {
      this.#running.delete(name);
      this.#due(name);
    });
    this.#running.set(name, timer);
  }

  #check(name: string, ms: number): void {
    const { kind, timers } = this.#agent;
    if (!timers.has(name)) {
      const known = [...timers.keys()].join(', ') || 'none';
      throw new InvalidOptionError('timer', `one that "timers" of agent kind "${kind}" defines: ${known}`, name);
    }
    if (!(ms >= 1 && ms <= longestMs)) {
      throw new InvalidOptionError('ms', `a number of milliseconds from 1 to ${longestMs}`, ms);
    }
  }
}
