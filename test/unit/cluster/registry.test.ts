import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Agent, defineAgent } from '../../../runtime/actor/define-agent.ts';
import { Registry } from '../../../runtime/cluster/registry.ts';
import { agentRef } from '../../../runtime/core/agent-ref.ts';
import { unknownAges } from '../../../runtime/core/expiry.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { askForReport } from '../../../runtime/inspect/nodes.ts';
import type { BroadcastResult, FoundKind } from '../../../runtime/messaging/speech.ts';
import { NodeRig, type StartedNode } from '../../support/node-rig.ts';

const { intents } = agentRef('any', { investigate: { context: z.object({ service: z.string() }) }, alert: {} });

const agent = (kind: string, heard: Intent[], more: Partial<Parameters<typeof defineAgent>[0]> = {}): Agent =>
  defineAgent({
    kind,
    delivery: 'at_least_once',
    intents,
    receive: (intent) => void heard.push(intent as Intent),
    ...more,
  });

async function registryOf(rig: NodeRig, { process }: StartedNode) {
  const registry = new Registry(process.transport.bucket('registry'), process.clock, rig.log, unknownAges);
  return { kinds: await rig.wait(registry.kinds()), nodes: await rig.wait(registry.nodes()) };
}

describe('the registry', () => {
  it('The registry lists kinds with their accepted intents as JSON Schema, and the nodes that serve them', async () => {
    const rig = new NodeRig();
    const opened = await rig.start({ agents: [agent('solver', []), agent('resource', [], { keyed: true })] });
    const { kinds, nodes } = await registryOf(rig, opened);
    expect(kinds).toMatchObject([
      { kind: 'resource', pool: 'main', keyed: true, broadcasts: [] },
      {
        kind: 'solver',
        keyed: false,
        broadcasts: ['solver'],
        intents: {
          alert: {},
          investigate: {
            context: { type: 'object', properties: { service: { type: 'string' } }, required: ['service'] },
          },
        },
      },
    ]);
    expect(nodes).toMatchObject([
      { node: opened.node.id, pool: 'main', kinds: ['solver', 'resource'], state: 'serving' },
    ]);
  });

  it('The registry forgets a node that stops', async () => {
    const rig = new NodeRig();
    const first = await rig.start({ agents: [agent('a', [])] });
    await rig.wait(first.node.stop());
    expect((await registryOf(rig, first)).nodes).toEqual([]);
  });

  it('The registry forgets a killed node when the next one of its pool starts', async () => {
    const rig = new NodeRig();
    const first = await rig.start({ agents: [agent('a', [])] });
    first.process.transport.kill();
    const second = await rig.start({ agents: [agent('a', [])] });
    expect((await registryOf(rig, second)).nodes.map(({ node }) => node)).toEqual([second.node.id]);
  });

  it('The registry shows the schemas of a newer deploy', async () => {
    const rig = new NodeRig();
    const first = await rig.start({ agents: [agent('a', [])] });
    await rig.wait(first.node.stop());
    const second = await rig.start({ agents: [agent('a', [], { intents: { scale: {} } })] });
    const { kinds } = await registryOf(rig, second);
    expect(kinds.map((kind) => Object.keys(kind.intents))).toEqual([['scale']]);
  });
});

it('A node reports its numbers and its agents in memory', async () => {
  const rig = new NodeRig();
  const { node, process } = await rig.start({ agents: [agent('a', [], { state: () => 1 })] });
  await rig.wait(node.tell('a/x', { intent_type: 'alert' }));
  await rig.quiet(node);
  const report = await rig.wait(askForReport(process.transport.signals, 'sim', node.id, 1_000));
  expect(report).toMatchObject({
    node: node.id,
    counts: { active: 1, handling: 0 },
    instances: [{ id: 'a/x', status: 'idle', progress: 'alert' }],
    instances_total: 1,
  });
  expect(await rig.wait(askForReport(process.transport.signals, 'sim', 'node-x', 1_000))).toBeUndefined();
});

it('A report fits the answer of a server with a small max_payload, whatever agents call their steps', async () => {
  const rig = new NodeRig();
  const wordy = agent('a', [], {
    state: () => 1,
    receive: async (_intent, ctx) => void (await ctx.step('s'.repeat(100_000), () => undefined)),
  });
  const { node, process } = await rig.start({ agents: [wordy] });
  const keys = Array.from({ length: 1_000 }, (_, n) => `a/${'k'.repeat(120)}${n}`);
  await rig.wait(Promise.all(keys.map((to) => node.tell(to, { intent_type: 'alert' }))));
  await rig.quiet(node);
  const report = await rig.wait(askForReport(process.transport.signals, 'sim', node.id, 1_000));
  expect(JSON.stringify(report).length).toBeLessThan(60_000);
  expect(report?.instances_total).toBe(1_000);
  expect(report?.instances.length).toBeGreaterThan(100);
});

describe('an agent', () => {
  it('An agent finds others by the intents that they accept', async () => {
    const rig = new NodeRig();
    const found: FoundKind[] = [];
    const curious = agent('curious', [], {
      intents: { scale: {} },
      receive: async (_intent, ctx) => void found.push(...(await ctx.find({ accepts: 'investigate' }))),
    });
    const { node } = await rig.start({ agents: [curious, agent('solver', []), agent('keyed', [], { keyed: true })] });
    await rig.wait(node.tell('curious', { intent_type: 'scale' }));
    await rig.quiet(node);
    expect(found).toEqual([
      { kind: 'keyed', pool: 'main', keyed: true, accepts: ['investigate', 'alert'] },
      { kind: 'solver', pool: 'main', keyed: false, accepts: ['investigate', 'alert'] },
    ]);
  });

  it('An agent broadcasts to all that accept the type, to keyed ones that opted in, and not to itself', async () => {
    const rig = new NodeRig();
    const heard: Intent[] = [];
    let result: BroadcastResult | undefined;
    const loud = agent('loud', heard, {
      receive: async (intent, ctx) => {
        if (intent.parent_intent_id === null) result = await ctx.broadcast({ intent_type: 'alert', context: { n: 1 } });
        else heard.push(intent as Intent);
      },
    });
    const agents = [
      loud,
      agent('a', heard),
      agent('deaf', heard, { intents: { scale: {} } }),
      agent('keyed', heard, { keyed: true }),
      agent('tuned', heard, { keyed: true, broadcasts: ['one', 'two'] }),
    ];
    const { node } = await rig.start({ agents });
    await rig.wait(node.tell('loud', { intent_type: 'alert', intent_id: 'root' }));
    await rig.quiet(node);
    expect(result?.sent.map(({ to }) => to)).toEqual(['a', 'tuned/one', 'tuned/two']);
    expect(result?.refused).toEqual([]);
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ intent_id }) => intent_id)).size).toBe(1);
    expect(heard[0]).toMatchObject({ from_agent: 'loud', to_agent: null, parent_intent_id: 'root', context: { n: 1 } });
  });
});
