import { describe, expect, it } from 'vitest';
import type { Node } from '../../../runtime/node/node.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

/** An agent that takes so long, and gives up when the node does. */
const slow = (rig: NodeRig, ms: number, done: string[]): LooseAgent => ({
  kind: 'worker',
  intents: { alert: {} },
  receive: (intent, ctx) =>
    new Promise<void>((resolve, reject) => {
      const timer = rig.clock.after(ms, () => {
        done.push(intent.intent_id);
        resolve();
      });
      ctx.signal.addEventListener('abort', () => {
        timer.cancel();
        reject(new Error('aborted'));
      });
    }),
});

const tell = (rig: NodeRig, node: Node, ids: readonly string[]): Promise<unknown> =>
  rig.wait(Promise.all(ids.map((id) => node.tell('worker', { intent_type: 'alert', intent_id: id }))));

it('A stopping node finishes running handlers, and leaves the rest to the next node', async () => {
  const rig = new NodeRig();
  const done: string[] = [];
  const { node } = await rig.start({ agents: [slow(rig, 1_000, done)] });
  await tell(rig, node, ['a', 'b', 'c']);
  await rig.pass(500);
  await rig.wait(node.stop());
  expect([done, node.counts.handling]).toEqual([['a'], 0]);
  const next = await rig.start({ agents: [slow(rig, 1_000, done)] });
  await rig.quiet(next.node);
  expect(done).toEqual(['a', 'b', 'c']);
});

it.each([
  ['just before the drain is over', 1_000, 0],
  ['after the connection was lost and came back while it drained', 4_000, 100],
])('A stopping node leaves no finished intent to the next one %s', async (_when, drainMs, outageMs) => {
  const rig = new NodeRig();
  const done: string[] = [];
  const { node, process } = await rig.start({ agents: [slow(rig, 1_000, done)] });
  await tell(rig, node, ['a']);
  rig.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
  const stopping = node.stop({ drainMs });
  if (outageMs > 0) process.transport.disconnect(outageMs);
  await rig.wait(stopping);
  rig.faults.heal();
  const next = await rig.start({ agents: [slow(rig, 1_000, done)] });
  await rig.quiet(next.node);
  expect([done, rig.broker.pool('main').messages]).toEqual([['a'], 0]);
});

describe('a draining node that loses its connection twice', () => {
  it.each([0, 100, 150, 200, 250, 300, 400, 600])(
    'A draining node that loses its connection twice, the second time %i ms after the handler, leaves no finished intent to the next one',
    async (afterMs) => {
      const rig = new NodeRig();
      const done: string[] = [];
      const { node, process } = await rig.start({ agents: [slow(rig, 1_000, done)] });
      await tell(rig, node, ['a']);
      rig.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
      const stopping = node.stop({ drainMs: 8_000 });
      process.transport.disconnect(100);
      await rig.until('the handler is done', () => done.length === 1);
      await rig.pass(afterMs);
      process.transport.disconnect(500);
      const began = rig.clock.monotonic();
      await rig.wait(stopping);
      expect(rig.clock.monotonic() - began).toBeLessThan(6_000);
      rig.faults.heal();
      const next = await rig.start({ agents: [slow(rig, 1_000, done)] });
      await rig.quiet(next.node);
      expect([done, rig.broker.pool('main').messages]).toEqual([['a'], 0]);
    },
  );
});

it.each([true, false])(
  'A stopping node does not use up its drain for acknowledgements that the store took silently, with an archive: %s',
  async (archive) => {
    const rig = new NodeRig();
    const done: string[] = [];
    const { node, process } = await rig.start({ agents: [slow(rig, 10, done)], archive });
    await tell(rig, node, ['a']);
    rig.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
    await rig.until('the store has nothing more', () => rig.broker.pool('main').messages === 0);
    process.transport.disconnect(100);
    const began = rig.clock.monotonic();
    await rig.wait(node.stop({ drainMs: 60_000 }));
    expect([done, rig.clock.monotonic() - began < 10_000]).toEqual([['a'], true]);
  },
);

it('A stopping node aborts handlers that take longer than the drain, uncounted, and its successor handles their intents', async () => {
  const rig = new NodeRig();
  const done: string[] = [];
  const { node } = await rig.start({ agents: [slow(rig, 60_000, done)] });
  await tell(rig, node, ['a']);
  await rig.pass(500);
  await rig.wait(node.stop({ drainMs: 2_000 }));
  expect([done, rig.letters]).toEqual([[], []]);
  const next = await rig.start({ agents: [slow(rig, 1_000, done)] });
  await rig.quiet(next.node);
  expect([done, rig.letters]).toEqual([['a'], []]);
});

it('A stopped node refuses to send, and stops only once', async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [slow(rig, 1, [])] });
  const stopping = node.stop();
  expect(node.stop()).toBe(stopping);
  await rig.wait(stopping);
  const late = node.tell('worker', { intent_type: 'alert' });
  expect(await rig.outcome(late)).toBe('PARLEY_NODE_STOPPING');
});

it('A stopped node leaves no timer behind', async () => {
  const rig = new NodeRig();
  const done: string[] = [];
  const { node, process } = await rig.start({
    agents: [slow(rig, 10, done)],
    intake: { worker: { ratePerSecond: 1, burst: 2 } },
  });
  await tell(rig, node, ['a', 'b', 'c', 'd']);
  await rig.pass(1_500);
  await rig.wait(node.stop());
  await rig.wait(process.transport.close());
  expect(rig.clock.pending).toBe(0);
});

it('A node takes a pool over from a killed one, and handles its remaining intents', async () => {
  const rig = new NodeRig();
  const [before, after]: [string[], string[]] = [[], []];
  const first = await rig.start({ agents: [slow(rig, 1_000, before)] });
  await tell(rig, first.node, ['a', 'b', 'c', 'd']);
  await rig.pass(1_500);
  expect(before).toEqual(['a']);
  first.process.transport.kill();
  const second = await rig.start({ agents: [slow(rig, 1_000, after)] });
  await rig.quiet(second.node);
  expect(after).toEqual(['b', 'c', 'd']);
});

it('A node stands by for a living one, and does not disturb it', async () => {
  const rig = new NodeRig();
  const done: string[] = [];
  const first = await rig.start({ agents: [slow(rig, 1_000, done)] });
  const second = await rig.start({ agents: [slow(rig, 1_000, done)] });
  expect([first.node.standing, second.node.standing]).toEqual([
    { kind: 'serving' },
    { kind: 'standing_by', owner: first.node.id },
  ]);
  expect(second.node.health).toMatchObject({ status: 'ok', ready: true });
  await tell(rig, first.node, ['a']);
  await rig.quiet(first.node);
  expect(done).toEqual(['a']);
});

it('A node gives each handling a signal of its own, so that hundreds of agents may listen to theirs', async () => {
  const rig = new NodeRig();
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  const signals = new Set<AbortSignal>();
  const worker: LooseAgent = {
    kind: 'worker',
    intents: { alert: {} },
    receive: (_intent, { signal }) => {
      signals.add(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  };
  const { node } = await rig.start({ agents: [worker] });
  const receivers = Array.from({ length: 300 }, (_, n) => `worker/${n}`);
  await rig.wait(Promise.all(receivers.map((to) => node.tell(to, { intent_type: 'alert' }))));
  await rig.until('all are handling', () => node.counts.handling === 300);
  await rig.wait(node.stop({ drainMs: 100 }));
  expect([signals.size, [...signals].every(({ aborted }) => aborted)]).toEqual([300, true]);
  await rig.pass(1);
  process.removeListener('warning', warned);
  expect(warnings).toEqual([]);
});

it('A stopping node rejects every wait for idleness', async () => {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [slow(rig, 60_000, [])] });
  await tell(rig, node, ['a', 'b']);
  const quiet = rig.outcome(node.whenIdle());
  await rig.wait(node.stop({ drainMs: 10 }));
  expect(await quiet).toBe('PARLEY_NODE_STOPPING');
});

it('A stopping node does not wait for a question to an agent of its own, which begins no more; the next node handles both', async () => {
  const rig = new NodeRig();
  const done: string[] = [];
  let answers = false;
  const agents: readonly LooseAgent[] = [
    {
      kind: 'asker',
      intents: { alert: {} },
      receive: async (intent, ctx) => {
        await new Promise<void>((resolve) => rig.clock.after(100, resolve));
        await ctx.ask('worker', { intent_type: 'alert' });
        done.push(intent.intent_id);
      },
    },
    {
      kind: 'worker',
      intents: { alert: {} },
      receive: async (_intent, ctx) => {
        if (answers) await ctx.reply('yes');
        else await new Promise<void>((resolve) => rig.clock.after(10, resolve));
      },
    },
  ];
  const { node } = await rig.start({ agents });
  await rig.wait(node.tell('asker', { intent_type: 'alert', intent_id: 'a' }));
  await rig.pass(50);
  const began = rig.clock.monotonic();
  await rig.wait(node.stop({ drainMs: 60_000 }));
  expect(rig.clock.monotonic() - began).toBeLessThan(10_000);
  answers = true;
  const next = await rig.start({ agents });
  await rig.quiet(next.node);
  expect([done, rig.letters]).toEqual([['a'], []]);
});
