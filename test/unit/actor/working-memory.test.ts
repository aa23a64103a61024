/** `ctx.working`: the values that an agent keeps under its own id. */
import { describe, expect, it } from 'vitest';
import type { HandlingContext } from '../../../runtime/actor/context.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { defineAgent } from '../../../runtime/index.ts';
import { natsWorkingMemory } from '../../../runtime/memory/nats-working-memory.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { NodeRig } from '../../support/node-rig.ts';

const notes = (receive: (intent: Intent, ctx: HandlingContext) => Promise<void>) => ({
  kind: 'notes',
  intents: { alert: {} },
  receive,
});
const draft = { intent_type: 'alert' };

describe('the working memory of an agent', () => {
  it("An agent's working memory keeps values for its next activation, for that agent alone, until they are deleted", async () => {
    const seen: (readonly [string, JsonObject])[] = [];
    const agent = defineAgent({
      kind: 'notes',
      delivery: 'at_least_once',
      keyed: true,
      intents: { note: {}, forget: {} },
      mailbox: { idleMs: 1_000 },
      receive: {
        async note({ context }, { self, working }) {
          seen.push([self, await working.entries()]);
          for (const [key, value] of Object.entries(context)) await working.set(key, value);
        },
        async forget(_intent, { self, working }) {
          await working.delete('a');
          seen.push([self, { a: (await working.get('a')) ?? 'gone', b: (await working.get('b')) ?? 'gone' }]);
        },
      },
    });
    await using mesh = await testMesh([agent]);
    const say = async (key: string, intent_type: 'note' | 'forget', context: JsonObject = {}): Promise<void> => {
      await mesh.tell(agent.at(key), { intent_type, context });
      await mesh.settled();
      await mesh.advance(60_000);
    };
    await say('x', 'note', { a: 1, b: [2] });
    await say('x', 'note');
    await say('y', 'note');
    await say('x', 'forget');
    expect(seen).toEqual([
      ['notes/x', {}],
      ['notes/x', { a: 1, b: [2] }],
      ['notes/y', {}],
      ['notes/x', { a: 'gone', b: [2] }],
    ]);
  });

  it("An agent's working memory forgets a value at the end of its time to live", async () => {
    const seen: unknown[] = [];
    const agent = defineAgent({
      kind: 'notes',
      delivery: 'at_least_once',
      intents: { note: {} },
      async receive(_intent, { working }) {
        seen.push(await working.get('a'));
        await working.set('a', 1, { ttlMs: 5_000 });
      },
    });
    await using mesh = await testMesh([agent]);
    for (const pauseMs of [1_000, 10_000, 0]) {
      await mesh.tell(agent, { intent_type: 'note' });
      await mesh.settled();
      await mesh.advance(pauseMs);
    }
    expect(seen).toEqual([undefined, 1, undefined]);
  });

  it("An agent's working memory is the one given to the node", async () => {
    const rig = new NodeRig();
    const working = natsWorkingMemory(rig.process().transport.bucket('working'), { clock: rig.clock });
    const agents = [notes((_intent, ctx) => ctx.working.set('a', 1))];
    const { node } = await rig.start({ agents, memory: { working } });
    await rig.wait(node.tell('notes', draft));
    await rig.quiet(node);
    expect(await rig.wait(working.get('notes', 'a'))).toBe(1);
  });

  it('Working memory is kept in the mesh where the app has none of its own', async () => {
    const rig = new NodeRig();
    const working = natsWorkingMemory(rig.process().transport.bucket('working'), { clock: rig.clock });
    const { node } = await rig.start({ agents: [notes(async (_intent, ctx) => ctx.working.set('a', 1))] });
    await rig.wait(node.tell('notes', draft));
    await rig.quiet(node);
    expect(await rig.wait(working.get('notes', 'a'))).toBe(1);
  });

  it("An agent's working memory is unusable after the handling has ended", async () => {
    const kept: HandlingContext['working'][] = [];
    const rig = new NodeRig();
    const memory = { working: natsWorkingMemory(rig.process().transport.bucket('working')) };
    const agents = [notes(async (_intent, { working }) => void kept.push(working))];
    const { node } = await rig.start({ agents, memory });
    await rig.wait(node.tell('notes', draft));
    await rig.quiet(node);
    const uses: readonly ((working: HandlingContext['working']) => Promise<unknown>)[] = [
      (working) => working.set('a', 1),
      (working) => working.get('a'),
      (working) => working.entries(),
      (working) => working.delete('a'),
    ];
    for (const use of uses) {
      await expect(Promise.all(kept.map(use))).rejects.toMatchObject({ code: 'PARLEY_HANDLING_ENDED' });
    }
  });
});

it.each<[string, (working: HandlingContext['working']) => Promise<unknown>, string]>([
  ['a key that is no text', (working) => working.get(5 as never), 'PARLEY_INVALID_ID'],
  ['no key', (working) => working.delete(undefined as never), 'PARLEY_INVALID_ID'],
  ['no value', (working) => working.set('a', undefined as never), 'PARLEY_MEMORY_VALUE'],
  ['options that are null', (working) => working.set('a', 1, null as never), 'PARLEY_INVALID_OPTION'],
  ['a misspelt option', (working) => working.set('a', 1, { ttl: 5 } as never), 'PARLEY_INVALID_OPTION'],
])("An agent's working memory refuses %s", async (_what, use, code) => {
  const rig = new NodeRig();
  const thrown: unknown[] = [];
  const receive = async (_intent: Intent, { working }: HandlingContext): Promise<void> => {
    await use(working).catch((error: unknown) => thrown.push(error));
  };
  const memory = { working: natsWorkingMemory(rig.process().transport.bucket('working')) };
  const { node } = await rig.start({ agents: [notes(receive)], memory });
  await rig.wait(node.tell('notes', draft));
  await rig.quiet(node);
  expect(thrown).toMatchObject([{ code }]);
});
