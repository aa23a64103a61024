/**
 * Counts or logs the stray errors of a node's agents, so that a loop with hundreds of thousands of them does not fill a log.
 */
import { BoundedLog } from '../core/bounded-log.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { faultOf } from '../core/stack.ts';
import type { StrayMoment } from './stray-errors.ts';

/** Called synchronously; must not throw. */
export interface StrayEvents {
  strayError(agent: string, error: unknown): void;
}

export class StrayReports {
  readonly #events: StrayEvents;
  readonly #log: BoundedLog;
  #count = 0;

  constructor(clock: Clock, log: Logger, events: StrayEvents) {
    this.#events = events;
    this.#log = new BoundedLog(clock, log);
  }

  /** Number since the node started. */
  get count(): number {
    return this.#count;
  }

  add(agent: string, error: unknown, moment: StrayMoment): void {
    this.#count++;
    this.#events.strayError(agent, error);
    if (moment === 'one_of_many') return this.#log.leaveOut();
    this.#log.warn(() => ({ agent, ...faultOf(error) }), 'a stray error of an agent: the agent fails');
  }

  close(): void {
    this.#log.close();
  }
}
