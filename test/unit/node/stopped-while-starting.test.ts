/** A node that is told to stop while it starts in the background. */
import { expect, it } from 'vitest';
import { NodeWorld } from '../../support/node-world.ts';

const worker = { kind: 'worker', intents: { alert: {} }, receive: () => undefined };

it.each(Array.from({ length: 12 }, (_, n) => n * 20))(
  'A node that is stopped after %i ms of its start makes and logs no new attempt',
  async (ms) => {
    const world = new NodeWorld();
    world.faults.change({ latencyMinMs: 20, latencyMaxMs: 20 });
    const { node } = await world.start({ agents: [worker], start: 'background' });
    node.started.catch(() => undefined);
    await world.pass(ms);
    await world.wait(node.stop());
    await world.pass(10_000);
    expect(world.logged).not.toContain('the node cannot serve yet, and tries again');
    expect(world.broker.pending()).toEqual([]);
  },
);
