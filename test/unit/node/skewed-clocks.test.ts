/** Deadlines while clocks disagree: a sender, a receiver or the store is an hour ahead or behind. */
import { describe, expect, it } from 'vitest';
import { toIso } from '../../../runtime/core/clock.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const hour = 3_600_000;
const skews: readonly (readonly [string, number, number])[] = [
  ['the sender is an hour ahead', hour, 0],
  ['the sender is an hour behind', -hour, 0],
  ['the receiver is an hour ahead', 0, hour],
  ['the receiver is an hour behind', 0, -hour],
  ['sender and receiver are two hours apart', hour, -hour],
  ['both are an hour behind the store', -hour, -hour],
];

describe.each(skews)('%s', (_what, senderMs, receiverMs) => {
  it('A live deadline on skewed clocks is handled, and is one by the clock of the handler', async () => {
    const rig = new NodeRig();
    const left: number[] = [];
    const worker: LooseAgent = {
      kind: 'worker',
      intents: { alert: {} },
      receive: ({ deadline }, ctx) => void left.push(Date.parse(deadline ?? '') - ctx.now()),
    };
    const { node } = await rig.start({ agents: [worker], skewMs: receiverMs });
    const { node: sender } = await rig.start({ skewMs: senderMs });
    const deadline = toIso(rig.clock.now() + senderMs + 30_000);
    await rig.wait(sender.tell('worker', { intent_type: 'alert', deadline }));
    await rig.quiet(node);
    expect(rig.letters).toEqual([]);
    expect(left).toHaveLength(1);
    expect(left[0]).toBeGreaterThan(28_000);
    expect(left[0]).toBeLessThanOrEqual(31_000);
  });

  it('A deadline on skewed clocks that passes while the intent waits is a dead letter, and not a moment early', async () => {
    const rig = new NodeRig();
    const handled: unknown[] = [];
    const worker: LooseAgent = {
      kind: 'worker',
      intents: { alert: {} },
      receive: ({ context }) => {
        handled.push(context.n);
        return context.n === 0 ? new Promise<void>((resolve) => void rig.clock.after(10_000, resolve)) : undefined;
      },
    };
    const { node } = await rig.start({ agents: [worker], skewMs: receiverMs });
    const { node: sender } = await rig.start({ skewMs: senderMs });
    const inMs = (ms: number): string => toIso(rig.clock.now() + senderMs + ms);
    await rig.wait(sender.tell('worker', { intent_type: 'alert', context: { n: 0 } }));
    await rig.wait(sender.tell('worker', { intent_type: 'alert', context: { n: 1 }, deadline: inMs(5_000) }));
    await rig.wait(sender.tell('worker', { intent_type: 'alert', context: { n: 2 }, deadline: inMs(15_000) }));
    await rig.quiet(node);
    expect(handled).toEqual([0, 2]);
    expect(rig.letters.map(({ reason }) => reason)).toEqual(['PARLEY_DEADLINE_PASSED']);
  });

  it('A question between skewed clocks is answered', async () => {
    const rig = new NodeRig();
    const worker: LooseAgent = {
      kind: 'worker',
      intents: { alert: {} },
      receive: (_intent, ctx) => ctx.reply('done'),
    };
    await rig.start({ agents: [worker], skewMs: receiverMs });
    const asker: LooseAgent = {
      kind: 'asker',
      intents: { alert: {} },
      receive: async (_intent, ctx) =>
        ctx.reply(await ctx.ask('worker', { intent_type: 'alert' }, { timeoutMs: 2_000 })),
    };
    const { node } = await rig.start({ agents: [asker], skewMs: senderMs, pool: 'asking' });
    expect(await rig.outcome(node.ask('asker', { intent_type: 'alert' }, { timeoutMs: 5_000 }))).toBe('done');
  });
});

it('A deadline that is passed on keeps its meaning', async () => {
  const rig = new NodeRig();
  const left: number[] = [];
  const first: LooseAgent = {
    kind: 'first',
    intents: { alert: {} },
    receive: async ({ deadline }, ctx) =>
      void (await ctx.tell('second', { intent_type: 'alert', ...(deadline === undefined ? {} : { deadline }) })),
  };
  const second: LooseAgent = {
    kind: 'second',
    intents: { alert: {} },
    receive: ({ deadline }, ctx) => void left.push(Date.parse(deadline ?? '') - ctx.now()),
  };
  const { node } = await rig.start({ agents: [first, second], skewMs: -hour });
  const { node: sender } = await rig.start({ skewMs: hour });
  const deadline = toIso(rig.clock.now() + hour + 30_000);
  await rig.wait(sender.tell('first', { intent_type: 'alert', deadline }));
  await rig.quiet(node);
  expect(rig.letters).toEqual([]);
  expect(left[0]).toBeGreaterThan(28_000);
});

it("A stranger's intent whose timestamp is after its deadline is a dead letter", async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({
    agents: [{ kind: 'worker', intents: { alert: {} }, receive: () => undefined }],
  });
  const now = rig.clock.now();
  const times = { timestamp: toIso(now + hour), deadline: toIso(now + 60_000) };
  rig.inject('client/c', 'worker', rig.intent('client/c', 'worker', times));
  await rig.quiet(node);
  expect(rig.letters.map(({ reason }) => reason)).toEqual(['PARLEY_DEADLINE_PASSED']);
});

it("A stranger's intent without a timestamp is a dead letter: the time left of its deadline is unknown", async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({
    agents: [{ kind: 'worker', intents: { alert: {} }, receive: () => undefined }],
  });
  const { timestamp: _none, ...intent } = JSON.parse(
    Buffer.from(rig.intent('client/c', 'worker', { deadline: toIso(rig.clock.now() + 60_000) })).toString('utf8'),
  ) as Intent;
  rig.inject('client/c', 'worker', Buffer.from(JSON.stringify(intent)));
  await rig.quiet(node);
  expect(rig.letters.map(({ reason }) => reason)).toEqual(['PARLEY_INVALID_INTENT']);
});

it('A wall clock that is set while an agent answers changes nothing', async () => {
  const rig = new NodeRig();
  let shift = 0;
  const process = rig.process();
  const clock = {
    now: () => process.clock.now() + shift,
    monotonic: () => process.clock.monotonic(),
    after: (ms: number, run: () => void) => process.clock.after(ms, run),
  };
  const worker: LooseAgent = {
    kind: 'worker',
    intents: { alert: {} },
    receive: (_intent, ctx) => {
      shift = hour;
      return ctx.reply('done');
    },
  };
  const asker: LooseAgent = {
    kind: 'asker',
    intents: { alert: {} },
    receive: async (_intent, ctx) => ctx.reply(await ctx.ask('worker', { intent_type: 'alert' }, { timeoutMs: 2_000 })),
  };
  const { node } = await rig.start({ agents: [worker, asker], clock });
  expect(await rig.outcome(node.ask('asker', { intent_type: 'alert' }, { timeoutMs: 5_000 }))).toBe('done');
});
