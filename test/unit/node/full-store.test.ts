/** A full store empties itself: agents that must ask in order to finish are not refused while clients refill the freed space. */
import { expect, it } from 'vitest';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const pad = 'x'.repeat(4_000);

it.each(['ask', 'tell'] as const)('Agents that %s make progress while clients refill the store', async (how) => {
  const rig = new NodeRig();
  let handled = 0;
  const worker: LooseAgent = {
    kind: 'worker',
    intents: { alert: {} },
    receive: async (_intent, ctx) => {
      const draft = { intent_type: 'investigate', context: { pad } };
      await (how === 'ask' ? ctx.ask('helper', draft, { timeoutMs: 60_000 }) : ctx.tell('helper', draft));
      handled++;
    },
  };
  const helper: LooseAgent = {
    kind: 'helper',
    intents: { investigate: {} },
    receive: async (_intent, ctx) => {
      await new Promise<void>((resolve) => void rig.clock.after(20, resolve));
      await ctx.reply(pad);
    },
  };
  const { node } = await rig.start({
    agents: [worker, helper],
    limits: { storeBytes: 1024 * 1024, laneCapacity: 10_000 },
    egress: 'off',
  });
  let [clients, accepted, refused] = [true, 0, 0];
  const flood = async (from: string): Promise<void> => {
    while (clients) {
      await node.tell(`worker`, { intent_type: 'alert', context: { pad } }, { from, mode: 'reject' }).then(
        () => accepted++,
        () => refused++,
      );
      await new Promise<void>((resolve) => void rig.clock.after(5, resolve));
    }
  };
  const floods = ['client/a', 'client/b', 'client/c', 'client/d'].map(flood);
  await rig.until('the store is full', () => refused > 1_000);
  const before = handled;
  await rig.pass(20_000);
  // a helper's 20 ms each, while clients fill every gap
  expect(handled - before).toBeGreaterThan(100);
  clients = false;
  await rig.wait(Promise.all(floods));
  await rig.quiet(node);
  expect([handled, rig.letters]).toEqual([accepted, []]);
});
