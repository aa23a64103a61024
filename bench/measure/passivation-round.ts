/** Measures the memory of agents: a node without agents, with all of them active, with all of them passivated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from './deadline.ts';
import { memoryInUse } from './garbage.ts';

export interface Activating {
  readonly agents: number;
  /** Sends to each agent; resolves when all have handled their intent. */
  readonly activateAll: () => Promise<void>;
  /** Returns the number of agents in memory. */
  readonly active: () => number;
  readonly idleMs: number;
}

/** Returns bytes in use. */
export interface PassivationRound {
  readonly before: number;
  readonly activated: number;
  readonly passivated: number;
}

const pollMs = 100;
/** The second collection frees what the first one finalizes. */
const collections = 2;
/** An agent is passivated after once to twice its idle time: adds 1 s for the check, plus a margin for a slow machine. */
const mostSeconds = ({ idleMs }: Activating): number => (2 * idleMs) / 1000 + 30;

export async function passivationRound(node: Activating): Promise<PassivationRound> {
  const { agents, active } = node;
  const before = await settledMemory();
  await node.activateAll();
  const found = active();
  if (found !== agents) {
    const why = `the first were passivated before the last were sent to: take a longer --idle, or fewer --agents`;
    throw new Error(`${found} of ${agents} agents were in memory when all had been activated; ${why}`);
  }
  const activated = await settledMemory();
  await within(mostSeconds(node), 'passivation', untilNone(active));
  return { before, activated, passivated: await settledMemory() };
}

async function untilNone(active: () => number): Promise<void> {
  while (active() > 0) await sleep(pollMs);
}

async function settledMemory(): Promise<number> {
  for (let n = 1; n < collections; n++) {
    memoryInUse();
    await sleep(pollMs);
  }
  return memoryInUse();
}
