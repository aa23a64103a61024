/** What agents cost in memory: the node before any is, with all of them, and when all have been passivated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from './deadline.ts';
import { memoryInUse } from './garbage.ts';

export interface Activating {
  readonly agents: number;
  /** Sends to each of them; resolves when all have handled it. */
  readonly activateAll: () => Promise<void>;
  /** How many are in memory. */
  readonly active: () => number;
  readonly idleMs: number;
}

/** Bytes in use. */
export interface PassivationRound {
  readonly before: number;
  readonly activated: number;
  readonly passivated: number;
}

const pollMs = 100;
/** What the first collection finalizes, the next one takes. */
const collections = 2;
/** An agent is passivated after its idle time, or twice that: 1 s more for looking at them, and some for a slow machine. */
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
