/** A store that loses requests, publishes, confirmations and their answers now and then does not keep a node from starting. */
import { describe, expect, it } from 'vitest';
import type { FaultSettings } from '../../../runtime/transport/simulated/index.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const seeds = Array.from({ length: 20 }, (_, n) => n + 1);

const lossy = (chance: number): Partial<FaultSettings> => ({
  losePublish: chance,
  losePublishAnswer: chance,
  loseAck: chance,
  loseRequest: chance,
});

/** Says what it handled. */
const worker = (done: string[]): LooseAgent => ({
  kind: 'worker',
  intents: { alert: {} },
  receive: ({ intent_id }) => void done.push(intent_id),
});

describe.each([0.05, 0.2])('a loss of %d of all requests, or of the answers', (chance) => {
  it.each(seeds)(
    'A node starts although requests or answers are lost, and handles each intent once (seed %i)',
    async (seed) => {
      const rig = new NodeRig(seed);
      const done: string[] = [];
      rig.faults.change(lossy(chance));
      const { node } = await rig.start({ agents: [worker(done)], partitions: 16 });
      expect(node.standing).toEqual({ kind: 'serving' });
      await rig.wait(node.tell('worker', { intent_type: 'alert', intent_id: 'a' }, { mode: 'wait' }));
      await rig.quiet(node);
      expect(done).toEqual(['a']);
    },
  );

  it.each(seeds)(
    'A node takes over from a killed node and a stopped one although requests or answers are lost (seed %i)',
    async (seed) => {
      const rig = new NodeRig(seed);
      const done: string[] = [];
      const first = await rig.start({ agents: [] });
      const killed = await rig.start({ agents: [worker([])] });
      killed.process.transport.kill();
      rig.faults.change(lossy(chance));
      const heir = await rig.start({ agents: [worker(done)] });
      await rig.wait(heir.node.stop());
      const last = await rig.start({ agents: [worker(done)] });
      expect(last.node.standing).toEqual({ kind: 'serving' });
      await rig.wait(first.node.tell('worker', { intent_type: 'alert', intent_id: 'a' }, { mode: 'wait' }));
      await rig.quiet(last.node);
      expect(done).toEqual(['a']);
    },
  );
});
