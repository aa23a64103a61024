import { describe, expect, it } from 'vitest';
import { type Agent, type AgentDefinition, defineAgent } from '../../../runtime/actor/define-agent.ts';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import type { Node } from '../../../runtime/node/node.ts';
import { NodeRig } from '../../support/node-rig.ts';

interface Counter {
  readonly born: number;
  count: number;
}

type Given = Partial<AgentDefinition<{ alert: object }, Counter>>;

let born = 0;

/** Counts its intents, and says `<life>:<count>`. */
function counter(said: string[], given: Given = {}): Agent {
  return defineAgent({
    kind: 'counter',
    delivery: 'at_least_once',
    intents: { alert: {} },
    state: (): Counter => ({ born: ++born, count: 0 }),
    receive(_intent, ctx) {
      ctx.state.count++;
      said.push(`${ctx.state.born}:${ctx.state.count}`);
    },
    ...given,
  });
}

async function open(agent: Agent, options: Parameters<NodeRig['start']>[0] = {}) {
  born = 0;
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [agent], ...options });
  const tell = async (to = 'counter', id?: string): Promise<void> => {
    await rig.wait(node.tell(to, { intent_type: 'alert', ...(id === undefined ? {} : { intent_id: id }) }));
    await rig.quiet(node);
  };
  return { rig, node, tell };
}

describe('the activation of an agent', () => {
  it('An activation begins with the first intent, and keeps its state from one to the next', async () => {
    const said: string[] = [];
    const { tell, node } = await open(counter(said));
    expect(node.counts.active).toBe(0);
    for (let i = 0; i < 3; i++) await tell();
    expect([said, node.counts.active]).toEqual([['1:1', '1:2', '1:3'], 1]);
  });

  it('Each agent of a kind has an activation of its own', async () => {
    const said: string[] = [];
    const { tell } = await open(counter(said));
    for (const to of ['counter/a', 'counter/b', 'counter/a', 'counter']) await tell(to);
    expect(said).toEqual(['1:1', '2:1', '1:2', '3:1']);
  });

  it('An idle activation ends between one and two idle times; the next intent begins another', async () => {
    const said: string[] = [];
    const { rig, tell, node } = await open(counter(said, { mailbox: { idleMs: 10_000 } }));
    await tell();
    await rig.pass(9_000);
    expect(node.counts.active).toBe(1);
    await rig.pass(12_000);
    expect(node.counts.active).toBe(0);
    await tell();
    expect(said).toEqual(['1:1', '2:1']);
  });

  it('An activation in use does not end', async () => {
    const said: string[] = [];
    const { rig, tell } = await open(counter(said, { mailbox: { idleMs: 10_000 } }));
    for (let i = 0; i < 10; i++) {
      await tell();
      await rig.pass(8_000);
    }
    expect(said.at(-1)).toBe('1:10');
  });

  it('An activation runs hooks at its beginning and its end, also when the node stops', async () => {
    const said: string[] = [];
    const agent = counter(said, {
      activated: async (ctx) => void said.push(`hello ${ctx.self} ${ctx.state.count}`),
      passivated: async (ctx) => void said.push(`bye ${ctx.state.count}`),
      mailbox: { idleMs: 1_000 },
    });
    const { rig, node, tell } = await open(agent);
    await tell();
    await rig.pass(5_000);
    expect(said).toEqual(['hello counter 0', '1:1', 'bye 1']);
    await tell();
    await rig.wait(node.stop());
    expect(said.slice(3)).toEqual(['hello counter 0', '2:1', 'bye 1']);
  });

  it('An activation may start slowly: intents wait for it', async () => {
    const said: string[] = [];
    const rig = new NodeRig();
    const agent = counter(said, {
      state: () => new Promise((resolve) => void rig.clock.after(500, () => resolve({ born: 7, count: 0 }))),
    });
    const { node } = await rig.start({ agents: [agent] });
    for (let i = 0; i < 3; i++) await rig.wait(node.tell(agent, { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(said).toEqual(['7:1', '7:2', '7:3']);
  });

  it('An activation ends early when the node holds more than its limit', async () => {
    const said: string[] = [];
    const { tell, node } = await open(counter(said), { limits: { maxActivations: 2 } });
    for (const key of ['a', 'b', 'c', 'd', 'a']) await tell(`counter/${key}`);
    expect(node.counts.active).toBeLessThanOrEqual(2);
    expect(said).toEqual(['1:1', '2:1', '3:1', '4:1', '5:1']);
  });
});

describe('a failing agent', () => {
  const failingAt = (bad: (intent: Intent) => boolean): Given => ({
    receive(intent, ctx) {
      if (bad(intent)) throw new Error(`cannot ${intent.intent_id}`);
      ctx.state.count++;
    },
  });

  it('A failing agent is restarted with a new state, without an effect on its neighbours', async () => {
    const said: string[] = [];
    const agent = counter(said, {
      receive(intent, ctx) {
        ctx.state.count++;
        said.push(`${ctx.self} ${ctx.state.born}:${ctx.state.count}`);
        if (intent.intent_id === 'bad' && ctx.attempt === 1) throw new Error('once');
      },
    });
    const { tell } = await open(agent);
    await tell('counter/a');
    await tell('counter/b');
    await tell('counter/a', 'bad');
    await tell('counter/b');
    expect(said).toEqual(['counter/a 1:1', 'counter/b 2:1', 'counter/a 1:2', 'counter/a 3:1', 'counter/b 2:2']);
  });

  it('A failing agent keeps its activation when the error blames the intent', async () => {
    const said: string[] = [];
    const agent = counter(said, {
      receive(intent, ctx) {
        said.push(`${ctx.state.born}`);
        if (intent.intent_id === 'bad') throw new NonRetryableError('nonsense');
      },
    });
    const { tell, rig } = await open(agent);
    for (const id of ['good', 'bad', 'better']) await tell('counter', id);
    expect([said, rig.letters.length]).toEqual([['1', '1', '1'], 1]);
  });

  it('A failing agent dead-letters each poisonous intent with every error, and loses or reorders nothing behind it', async () => {
    const handled: string[] = [];
    const agent = counter([], {
      receive(intent) {
        if (intent.intent_id.startsWith('bad')) throw new Error(`cannot ${intent.intent_id}`);
        handled.push(intent.intent_id);
      },
    });
    const { rig, node } = await open(agent);
    const ids = Array.from({ length: 40 }, (_, n) => (n % 7 === 3 ? `bad${n}` : `good${n}`));
    await rig.wait(Promise.all(ids.map((intent_id) => node.tell('counter', { intent_type: 'alert', intent_id }))));
    await rig.quiet(node);
    expect(handled).toEqual(ids.filter((id) => id.startsWith('good')));
    expect(rig.letters.map(({ errors }) => errors)).toEqual(
      ids.filter((id) => id.startsWith('bad')).map((id) => Array.from({ length: 3 }, () => `cannot ${id}`)),
    );
    expect(node.counts.paused).toBe(0);
  });

  it('An agent that fails at one intent after another is paused, and a human is called', async () => {
    const { rig, node } = await open(
      counter(
        [],
        failingAt(() => true),
      ),
    );
    const ids = ['a', 'b', 'c', 'd', 'e'];
    // over intents of one sender it would be the lane that is paused
    const told = ids.map((intent_id, n) =>
      node.tell('counter', { intent_type: 'alert', intent_id }, { from: `client/c${n % 2}` }),
    );
    await rig.wait(Promise.all(told));
    await rig.pass(120_000);
    expect(node.counts.paused).toBe(1);
    expect(rig.letters).toHaveLength(2);
    expect(rig.escalations).toMatchObject([{ agent: 'counter', reason: 'restart_limit', detail: { restarts: 3 } }]);
    expect(node.report().instances).toEqual([{ id: 'counter', status: 'paused', progress: '' }]);
    expect(node.resume('counter')).toBe(true);
    await rig.quiet(node);
    expect([rig.letters.length, node.counts.paused]).toEqual([5, 0]);
  });

  it('An agent that fails over the intents of one sender pauses that lane alone, until it is resumed', async () => {
    const handled: string[] = [];
    const { rig, node } = await open(
      counter([], {
        receive: ({ from_agent }) => {
          if (from_agent === 'client/stranger') throw new TypeError('malformed');
          handled.push(from_agent);
        },
      }),
    );
    const send = (from: string): Promise<unknown> => node.tell('counter', { intent_type: 'alert' }, { from });
    await rig.wait(Promise.all(Array.from({ length: 6 }, () => send('client/stranger'))));
    await rig.pass(120_000);
    await rig.wait(send('client/other'));
    await rig.pass(10_000);
    expect(handled).toEqual(['client/other']);
    expect(node.counts).toMatchObject({ paused: 0, pausedLanes: 1 });
    expect(rig.escalations).toMatchObject([
      { agent: 'counter', reason: 'lane_paused', detail: { restarts: 3, sender: 'client/stranger' } },
    ]);
    expect(node.resume('counter')).toBe(true);
    await rig.quiet(node);
    expect([rig.letters.length, node.counts.pausedLanes]).toEqual([6, 0]);
  });

  it('A restarting agent is not resumed, and its history is kept', async () => {
    const { rig, node } = await open(
      counter([], {
        ...failingAt(() => true),
        supervision: { intensity: 9, initialIntervalMs: 60_000, maxIntervalMs: 60_000 },
      }),
    );
    for (const intent_id of ['a', 'b']) await rig.wait(node.tell('counter', { intent_type: 'alert', intent_id }));
    await rig.until('it waits for its restart', () => node.counts.restarting === 1);
    expect(node.resume('counter')).toBe(false);
    expect(node.counts.restarting).toBe(1);
    await rig.wait(node.stop());
  });

  it('A paused agent delays its own mailbox and no other; the node can stop', async () => {
    const { rig, node } = await open(
      counter([], { ...failingAt(({ to_agent }) => to_agent === 'counter/bad'), supervision: { intensity: 1 } }),
    );
    for (const from of ['client/a', 'client/b']) {
      await rig.wait(node.tell('counter/bad', { intent_type: 'alert' }, { from }));
    }
    await rig.pass(1_000);
    expect(node.counts.paused).toBe(1);
    await rig.wait(node.tell('counter/good', { intent_type: 'alert' }));
    await rig.pass(1_000);
    expect(node.counts.active).toBe(1);
    await rig.wait(node.stop());
  });

  it('A failing agent is retried as often as its intent type permits', async () => {
    const agent = defineAgent({
      kind: 'counter',
      delivery: 'at_least_once',
      intents: { alert: { retry: { attempts: 5, initialIntervalMs: 10, maxIntervalMs: 20 } }, scale: {} },
      receive: () => Promise.reject(new Error('no')),
    });
    const { rig, tell } = await open(agent);
    await tell();
    expect(rig.letters).toMatchObject([{ attempts: 5 }]);
  });

  it('An agent that cannot start dead-letters the intent', async () => {
    const agent = counter([], {
      state: () => {
        throw new Error('no database');
      },
    });
    const { rig, tell } = await open(agent);
    await tell();
    expect(rig.letters).toMatchObject([{ errors: ['no database', 'no database', 'no database'] }]);
  });
});

describe('the timers of an agent', () => {
  const ticking = (said: string[], node: () => Node): Agent =>
    defineAgent({
      kind: 'counter',
      delivery: 'at_least_once',
      intents: { alert: {} },
      state: () => 0,
      mailbox: { idleMs: 1_000 },
      timers: {
        tick: (ctx) => {
          ctx.state++;
          said.push(`tick ${ctx.state}`);
          if (ctx.state === 3) ctx.timers.cancel('tick');
        },
        fail: () => Promise.reject(new Error('a timer')),
      },
      activated: (ctx) => void said.push(`life ${node().counts.active} ${ctx.state}`),
      receive(intent, ctx) {
        if (intent.intent_id === 'fail') ctx.timers.after('fail', 100);
        else ctx.timers.every('tick', 5_000);
      },
    });

  it('A timer runs its declared handler, and keeps the agent in memory until it is cancelled', async () => {
    const said: string[] = [];
    const opened = await open(ticking(said, () => opened.node));
    await opened.tell();
    await opened.rig.pass(60_000);
    expect(said).toEqual(['life 1 0', 'tick 1', 'tick 2', 'tick 3']);
    expect(opened.node.counts.active).toBe(0);
  });

  it('A failing timer restarts the agent, which may have no other cause to wake', async () => {
    const said: string[] = [];
    const opened = await open(ticking(said, () => opened.node));
    await opened.tell('counter', 'tick');
    await opened.tell('counter', 'fail');
    await opened.rig.pass(1_000);
    expect(said).toEqual(['life 1 0', 'life 1 0']);
  });

  it('A timer must be named in the definition', async () => {
    const agent = counter([], { timers: { a: () => undefined }, receive: (_intent, ctx) => ctx.timers.after('b', 1) });
    const { rig, tell } = await open(agent);
    await tell();
    expect(rig.letters[0]?.errors[0]).toContain('one that "timers" of agent kind "counter" defines: a');
  });
});
