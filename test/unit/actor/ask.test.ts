import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HandlingContext } from '../../../runtime/actor/context.ts';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import { agentRef } from '../../../runtime/core/agent-ref.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const oracle = agentRef('oracle', {
  investigate: { context: z.object({ n: z.number() }), reply: z.object({ twice: z.number() }) },
});

const answering = (
  receive: (intent: Intent, ctx: HandlingContext) => Promise<void> | void,
  kind = 'oracle',
): LooseAgent => ({ kind, intents: { investigate: {} }, receive });

const honest = defineAgent({
  kind: oracle.kind,
  delivery: 'at_least_once',
  intents: oracle.intents,
  receive: {
    async investigate({ context }, ctx) {
      await ctx.reply({ twice: 2 * context.n });
    },
  },
});

async function ask(agent: LooseAgent | typeof honest, timeoutMs = 5_000) {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [agent] });
  const asked = node.ask('oracle', { intent_type: 'investigate', context: { n: 21 } }, { timeoutMs });
  return { rig, node, outcome: await rig.outcome(asked) };
}

describe('an ask', () => {
  it('An ask returns the reply, from outside any agent', async () => {
    const { outcome, node } = await ask(honest);
    expect([outcome, node.counts.asking]).toEqual([{ twice: 42 }, 0]);
  });

  it('An ask returns the reply to an agent, also to one with a key on another node', async () => {
    const rig = new NodeRig();
    const got: unknown[] = [];
    const asker: LooseAgent = {
      kind: 'asker',
      intents: { alert: {} },
      async receive(_intent, ctx) {
        got.push(await ctx.ask(oracle.at('delphi'), { intent_type: 'investigate', context: { n: 4 } }));
      },
    };
    const { node } = await rig.start({ agents: [asker, honest] });
    await rig.wait(node.tell('asker/one', { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(got).toEqual([{ twice: 8 }]);
  });

  it('A reply arrives although the asker is busy and its intake bucket empty', async () => {
    const rig = new NodeRig();
    let got: unknown;
    const asker = defineAgent({
      kind: 'asker',
      delivery: 'at_least_once',
      intents: { alert: {} },
      mailbox: { intake: { ratePerSecond: 0.001, burst: 1 } },
      async receive(_intent, ctx) {
        got = await ctx.ask(oracle, { intent_type: 'investigate', context: { n: 1 } });
      },
    });
    const { node } = await rig.start({ agents: [asker, honest] });
    await rig.wait(node.tell(asker, { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(got).toEqual({ twice: 2 });
  });

  it.each<[string, LooseAgent, string]>([
    ['an agent that fails', answering(() => Promise.reject(new Error('broken'))), 'PARLEY_ASK_FAILED'],
    ['an agent that says nothing', answering(() => undefined), 'PARLEY_ASK_FAILED'],
    [
      'an agent that refuses the type',
      { kind: 'oracle', intents: { alert: {} }, receive: () => undefined },
      'PARLEY_UNKNOWN_INTENT_TYPE',
    ],
    [
      'an agent that is too slow',
      answering((_intent, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve()))),
      'PARLEY_ASK_TIMEOUT',
    ],
    ['no agent', { kind: 'other', intents: {}, receive: () => undefined }, 'PARLEY_UNKNOWN_AGENT'],
  ])('An ask of %s ends with a typed error', async (_what, agent, code) => {
    expect((await ask(agent)).outcome).toBe(code);
  });

  it('A question is not handled once its asker has given up', async () => {
    const rig = new NodeRig();
    const handled: unknown[] = [];
    const slow = answering(async (intent) => {
      handled.push(intent.context.n);
      await new Promise<void>((resolve) => void rig.clock.after(3_000, resolve));
    });
    const { node } = await rig.start({ agents: [slow] });
    const questions = [1, 2].map((n) =>
      rig.outcome(node.ask('oracle', { intent_type: 'investigate', context: { n } }, { timeoutMs: 1_000 })),
    );
    expect(await Promise.all(questions)).toEqual(['PARLEY_ASK_TIMEOUT', 'PARLEY_ASK_TIMEOUT']);
    await rig.quiet(node);
    expect([handled, rig.letters.map(({ reason }) => reason)]).toEqual([[1], ['PARLEY_DEADLINE_PASSED']]);
  });

  it('A circle of asks fails at once, and names the path', async () => {
    const rig = new NodeRig();
    const errors: unknown[] = [];
    const passing = (kind: string, to: string): LooseAgent => ({
      kind,
      intents: { investigate: {} },
      async receive(_intent, ctx) {
        try {
          await ctx.ask(to, { intent_type: 'investigate' });
        } catch (error) {
          errors.push((error as Error).message);
        }
        await ctx.reply('done');
      },
    });
    const { node } = await rig.start({ agents: [passing('a', 'b'), passing('b', 'c'), passing('c', 'a')] });
    expect(await rig.wait(node.ask('a', { intent_type: 'investigate' }))).toBe('done');
    expect(errors).toEqual([expect.stringContaining('a -> b -> c -> a')]);
  });

  it('A reply is checked where it is sent', async () => {
    const liar = defineAgent({
      kind: 'oracle',
      delivery: 'at_least_once',
      intents: oracle.intents,
      receive: (_intent, ctx) => ctx.reply({ twice: 'two' }),
    });
    const { outcome, rig } = await ask(liar as unknown as typeof honest);
    expect(outcome).toBe('PARLEY_ASK_FAILED');
    expect(rig.letters[0]?.errors[0]).toContain('reply.twice');
  });

  it('An ask accepts no second reply, and no reply of a stranger', async () => {
    const rig = new NodeRig();
    const said: string[] = [];
    const twice = answering(async (intent, ctx) => {
      await ctx.tell('thief', {
        intent_type: 'investigate',
        context: { id: intent.intent_id, asker: intent.from_agent },
      });
      await new Promise<void>((resolve) => void rig.clock.after(1_000, resolve));
      await ctx.reply('mine');
      await ctx.reply('again').catch((error: { code: string }) => said.push(error.code));
    });
    const thief: LooseAgent = { kind: 'thief', intents: { investigate: {} }, receive: () => undefined };
    const { node } = await rig.start({ agents: [twice, thief] });
    expect(await rig.wait(node.ask('oracle', { intent_type: 'investigate' }))).toBe('mine');
    expect(said).toEqual(['PARLEY_ALREADY_REPLIED']);
  });

  it('An ask ends when the node stops', async () => {
    const rig = new NodeRig();
    const { node } = await rig.start({ agents: [answering(() => new Promise(() => undefined))] });
    const asked = rig.outcome(node.ask('oracle', { intent_type: 'investigate' }));
    await rig.pass(100);
    await rig.wait(node.stop({ drainMs: 100 }));
    expect(await asked).toBe('PARLEY_NODE_STOPPING');
  });
});

it('A reply to a told intent does nothing', async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [honest] });
  await rig.wait(node.tell(honest, { intent_type: 'investigate', context: { n: 1 } }));
  await rig.quiet(node);
  expect(rig.letters).toEqual([]);
});

it("An ask beyond the node's bound is refused, until an earlier one is answered", async () => {
  const rig = new NodeRig();
  const held: (() => Promise<void>)[] = [];
  const slow = answering((_intent, ctx) => {
    held.push(() => ctx.reply({ twice: 0 }));
    return new Promise(() => undefined);
  });
  const { node } = await rig.start({ agents: [slow], limits: { pendingAsks: 100 } });
  const ask = (n: number): Promise<unknown> =>
    node.ask(`oracle/k${n}`, { intent_type: 'investigate', context: { n } }, { timeoutMs: 60_000 });
  const asked = Array.from({ length: 200_000 }, (_, n) => ask(n));
  const refused = asked.slice(100).map((asking) => asking.catch((error: unknown) => (error as { code: string }).code));
  expect(new Set(await rig.wait(Promise.all(refused)))).toEqual(new Set(['PARLEY_TOO_MANY_ASKS']));
  expect(node.counts.asking).toBe(100);
  await rig.until('one is being handled', () => held.length > 0);
  await rig.wait(held[0]?.() ?? Promise.reject());
  await rig.until('it is answered', () => node.counts.asking === 99);
  const again = ask(1_000);
  again.catch(() => undefined);
  await rig.until('another one waits', () => node.counts.asking === 100);
  for (const asking of asked.slice(0, 100)) asking.catch(() => undefined);
});
