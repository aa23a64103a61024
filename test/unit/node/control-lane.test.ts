/** The control lane overtakes intents and their bucket: until it means something, what strangers put there is dead-lettered. */
import { expect, it } from 'vitest';
import { listener } from '../../support/agents.ts';
import { NodeWorld } from '../../support/node-world.ts';

it.each(['client/stranger', 'worker', 'worker/k'])('A node refuses an intent of %s on a control lane', async (from) => {
  const world = new NodeWorld();
  const handled: string[] = [];
  const worker = listener('worker', ['alert'], ({ intent_id }) => void handled.push(intent_id));
  const { node } = await world.start({ agents: [worker] });
  world.inject(from, 'worker', world.intent(from, 'worker', { intent_id: 'control' }), 'c');
  world.inject(from, 'worker', world.intent(from, 'worker', { intent_id: 'plain' }));
  await world.quiet(node);
  expect(handled).toEqual(['plain']);
  expect(world.letters).toMatchObject([{ reason: 'PARLEY_CONTROL_LANE' }]);
});
