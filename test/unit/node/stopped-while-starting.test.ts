/** A node that is stopped while it starts in the background. */
import { expect, it } from 'vitest';
import { NodeRig } from '../../support/node-rig.ts';

const worker = { kind: 'worker', intents: { alert: {} }, receive: () => undefined };

it.each(Array.from({ length: 12 }, (_, n) => n * 20))(
  'A node that is stopped after %i ms of its start makes and logs no new attempt',
  async (ms) => {
    const rig = new NodeRig();
    rig.faults.change({ latencyMinMs: 20, latencyMaxMs: 20 });
    const { node } = await rig.start({ agents: [worker], start: 'background' });
    node.started.catch(() => undefined);
    await rig.pass(ms);
    await rig.wait(node.stop());
    await rig.pass(10_000);
    expect(rig.logged).not.toContain('the node cannot serve yet, and tries again');
    expect(rig.broker.pending()).toEqual([]);
  },
);
