/** The open case of a service, kept in working memory, so that a new activation of the monitor does not ask twice. */

import type { AgentMemory } from '../../runtime/actor/context.ts';
import type { ContextItem } from '../../runtime/core/acting.ts';
import { isObject } from '../../runtime/core/json.ts';

/** A type, not an interface: it is JSON too. */
export type OpenCase = {
  readonly service: string;
  /** The tick at which an investigation was requested. */
  readonly asked_at_tick: number;
};

/** The ticks for which an investigation is assumed to be in progress. */
const openTicks = 12;

export class OpenCases {
  readonly #memory: AgentMemory;
  readonly #run: string;

  /** @param run separates this run from cases of other runs */
  constructor(memory: AgentMemory, run: string) {
    this.#memory = memory;
    this.#run = run;
  }

  async read(service: string, tick: number): Promise<OpenCase | undefined> {
    const found = await this.#memory.get(this.#key(service));
    if (!isObject(found) || typeof found.asked_at_tick !== 'number') return undefined;
    return tick - found.asked_at_tick < openTicks ? { service, asked_at_tick: found.asked_at_tick } : undefined;
  }

  async open(service: string, tick: number): Promise<void> {
    await this.#memory.set(this.#key(service), { service, asked_at_tick: tick } satisfies OpenCase);
  }

  #key(service: string): string {
    return `open_case/${this.#run}/${service}`;
  }
}

export const contextOfCase = ({ service, asked_at_tick: tick }: OpenCase): ContextItem => ({
  source: 'working_memory',
  id: service,
  text: `the cause has been looked for since tick ${tick}`,
});
