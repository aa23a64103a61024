/** Nodes and agents of a mesh as commands and consoles ask for them, on the simulated store. */
import { describe, expect, it } from 'vitest';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import {
  describeAgent,
  type KnownNode,
  knownNodes,
  newestEscalations,
  resumeAgent,
  runningAgents,
} from '../../../runtime/inspect/index.ts';
import { NodeRig, type StartedNode } from '../../support/node-rig.ts';

const calm = defineAgent({
  kind: 'calm',
  delivery: 'at_least_once',
  intents: { alert: {} },
  state: () => 0,
  receive: () => undefined,
});

function fragile(isHealed: () => boolean) {
  return defineAgent({
    kind: 'fragile',
    delivery: 'at_least_once',
    intents: { alert: {} },
    state: () => 0,
    supervision: { intensity: 1 },
    receive: () => {
      if (!isHealed()) throw new Error('it broke');
    },
  });
}

async function tell(rig: NodeRig, { node }: StartedNode, to: string): Promise<void> {
  await rig.wait(node.tell(to, { intent_type: 'alert' }));
}

describe('the nodes of a mesh', () => {
  it('The nodes of a mesh are listed with their entries and their own reports', async () => {
    const rig = new NodeRig();
    const opened = await rig.start({ agents: [calm] });
    await tell(rig, opened, 'calm/x');
    await rig.quiet(opened.node);
    expect((await rig.wait(knownNodes(opened.process.transport))).records).toMatchObject([
      { entry: { node: opened.node.id, kinds: ['calm'] }, state: 'serving', report: { counts: { active: 1 } } },
    ]);
  });

  it('The nodes of a mesh are listed although they do not answer', async () => {
    const rig = new NodeRig();
    const first = await rig.start({ agents: [calm] });
    const { transport } = rig.process();
    first.process.transport.kill();
    const [node] = (await rig.wait(knownNodes(transport))).records;
    expect(node).toMatchObject({ entry: { node: first.node.id }, state: 'does not answer', report: undefined });
  });
});

describe('the agents in memory', () => {
  const entry = { v: 1, pool: 'main', kinds: [], state: 'serving', started_at: '', host: '', pid: 1 } as const;
  const instance = (id: string) => ({ id, status: 'idle', progress: '' }) as const;

  function known(node: string, ids: readonly string[], instances_total: number): KnownNode {
    const report = { v: 1, node, counts: {}, instances: ids.map(instance), instances_total } as const;
    return { entry: { ...entry, node }, state: 'serving', report };
  }

  it('The agents in memory are those of every node that answers', () => {
    const silent: KnownNode = { entry: { ...entry, node: 'n3' }, state: 'does not answer', report: undefined };
    const { agents, hidden } = runningAgents([known('n1', ['a/1'], 1), known('n2', ['a/2'], 1), silent]);
    expect(agents.map(({ id, node }) => `${id} on ${node}`)).toEqual(['a/1 on n1', 'a/2 on n2']);
    expect(hidden).toBe(0);
  });

  it('The agents in memory are counted where they did not fit an answer', () => {
    expect(runningAgents([known('n1', ['a/1'], 7), known('n2', [], 3)]).hidden).toBe(9);
  });
});

describe('the description of an agent', () => {
  it('The description of an agent shows its accepted intents, its nodes, and that no node has it in memory', async () => {
    const rig = new NodeRig();
    const { node, process } = await rig.start({ agents: [calm] });
    expect(await rig.wait(describeAgent(process.transport, 'calm/x'))).toEqual({
      agent: 'calm/x',
      pool: 'main',
      keyed: false,
      broadcasts_reach: ['calm'],
      served_by: [node.id],
      in_memory: [],
      accepts: { alert: {} },
    });
  });

  it('The description of an agent shows its node', async () => {
    const rig = new NodeRig();
    const opened = await rig.start({ agents: [calm] });
    await tell(rig, opened, 'calm/x');
    await tell(rig, opened, 'calm/y');
    await rig.quiet(opened.node);
    const { in_memory } = await rig.wait(describeAgent(opened.process.transport, 'calm/x'));
    expect(in_memory).toEqual([{ status: 'idle', progress: 'alert', node: opened.node.id }]);
  });

  it('The description of an undeclared kind is refused with the declared ones', async () => {
    const rig = new NodeRig();
    const { process } = await rig.start({ agents: [calm] });
    await expect(rig.wait(describeAgent(process.transport, 'wild/x'))).rejects.toMatchObject({
      code: 'PARLEY_UNKNOWN_AGENT',
      message: 'mesh "sim" has no agents of kind "wild": there are calm',
    });
  });
});

describe('a paused agent', () => {
  it('A paused agent is among the calls for a human, works again when it is resumed, and is not resumed twice', async () => {
    const rig = new NodeRig();
    let healed = false;
    const opened = await rig.start({ agents: [fragile(() => healed)], limits: { attempts: 1 } });
    const { node, process } = opened;
    for (const from of ['client/a', 'client/b']) {
      await rig.wait(node.tell('fragile/x', { intent_type: 'alert' }, { from }));
    }
    await rig.until('it is paused', () => node.counts.paused === 1);
    await rig.until('a human is called', () => rig.escalations.length > 0);
    const { records: calls } = await rig.wait(newestEscalations(process.transport, 10));
    expect(calls).toMatchObject([{ agent: 'fragile/x', reason: 'restart_limit' }]);
    healed = true;
    await rig.wait(resumeAgent(process.transport, 'fragile/x'));
    expect(node.counts.paused).toBe(0);
    await expect(rig.wait(resumeAgent(process.transport, 'fragile/x'))).rejects.toMatchObject({
      code: 'PARLEY_NOT_PAUSED',
    });
  });
});

describe('a paused lane', () => {
  /** Fails over every intent of strangers. */
  const wary = {
    kind: 'wary',
    intents: { alert: {} },
    receive: ({ from_agent }: { readonly from_agent: string }) => {
      if (from_agent !== 'client/friend') throw new TypeError('malformed');
    },
  };

  async function paused(senders: readonly string[]): Promise<{ readonly rig: NodeRig; readonly opened: StartedNode }> {
    const rig = new NodeRig();
    const opened = await rig.start({ agents: [wary], limits: { attempts: 1 } });
    const { node } = opened;
    for (const [n, from] of senders.entries()) {
      for (let i = 0; i < 5; i++) await rig.wait(node.tell('wary', { intent_type: 'alert' }, { from }));
      await rig.until('its lane is paused', () => node.counts.pausedLanes === n + 1);
    }
    return { rig, opened };
  }

  it('A paused lane degrades the health of its node, with the command that resumes', async () => {
    const { rig, opened } = await paused(['client/http']);
    const { status, ready, reasons } = opened.node.health;
    expect([status, ready, reasons]).toEqual([
      'degraded',
      true,
      [expect.stringMatching(/"wary" .*"client\/http" .*"parley resume wary"/) as string],
    ]);
    await rig.wait(resumeAgent(opened.process.transport, 'wary'));
    await rig.until('another failure pauses it again', () => opened.node.counts.held === 0);
    expect(opened.node.health.status).toBe('ok');
  });

  it('A paused lane is reported with its agent and sender by the node', async () => {
    const { rig, opened } = await paused(['client/a', 'client/b']);
    const [known] = (await rig.wait(knownNodes(opened.process.transport))).records;
    expect(known?.report?.paused_lanes).toEqual([
      { agent: 'wary', sender: 'client/a' },
      { agent: 'wary', sender: 'client/b' },
    ]);
    expect(known?.report?.counts.pausedLanes).toBe(2);
  });

  it('A paused lane is in the description of its agent, and of no other', async () => {
    const { rig, opened } = await paused(['client/http']);
    const { transport } = opened.process;
    const { paused_lanes } = await rig.wait(describeAgent(transport, 'wary'));
    expect(paused_lanes).toEqual([{ sender: 'client/http', node: opened.node.id }]);
    expect((await rig.wait(describeAgent(transport, 'wary/other'))).paused_lanes).toBeUndefined();
  });

  it('A paused lane is named in the call for a human with the command that resumes', async () => {
    const { rig } = await paused(['client/http']);
    await rig.until('a human is called', () => rig.escalations.length > 0);
    expect(rig.escalations).toMatchObject([{ reason: 'lane_paused', detail: { sender: 'client/http' } }]);
    expect(rig.escalations[0]?.message).toContain('"parley resume wary"');
  });
});
