/** The control lane overtakes intents and their bucket: until it has a meaning, messages of strangers there are dead-lettered. */
import { expect, it } from 'vitest';
import { listener } from '../../support/agents.ts';
import { NodeRig } from '../../support/node-rig.ts';

it.each(['client/stranger', 'worker', 'worker/k'])('A node refuses an intent of %s on a control lane', async (from) => {
  const rig = new NodeRig();
  const handled: string[] = [];
  const worker = listener('worker', ['alert'], ({ intent_id }) => void handled.push(intent_id));
  const { node } = await rig.start({ agents: [worker] });
  rig.inject(from, 'worker', rig.intent(from, 'worker', { intent_id: 'control' }), 'c');
  rig.inject(from, 'worker', rig.intent(from, 'worker', { intent_id: 'plain' }));
  await rig.quiet(node);
  expect(handled).toEqual(['plain']);
  expect(rig.letters).toMatchObject([{ reason: 'PARLEY_CONTROL_LANE' }]);
});
