import { describe, expect, it } from 'vitest';
import type { Node } from '../../../runtime/node/node.ts';
import { type LooseAgent, NodeWorld } from '../../support/node-world.ts';

/** An agent that takes so long, and gives up when the node does. */
const slow = (world: NodeWorld, ms: number, done: string[]): LooseAgent => ({
  kind: 'worker',
  intents: { alert: {} },
  receive: (intent, ctx) =>
    new Promise<void>((resolve, reject) => {
      const timer = world.clock.after(ms, () => {
        done.push(intent.intent_id);
        resolve();
      });
      ctx.signal.addEventListener('abort', () => {
        timer.cancel();
        reject(new Error('aborted'));
      });
    }),
});

const tell = (world: NodeWorld, node: Node, ids: readonly string[]): Promise<unknown> =>
  world.wait(Promise.all(ids.map((id) => node.tell('worker', { intent_type: 'alert', intent_id: id }))));

it('A stopping node finishes running handlers, and leaves the rest to the next node', async () => {
  const world = new NodeWorld();
  const done: string[] = [];
  const { node } = await world.start({ agents: [slow(world, 1_000, done)] });
  await tell(world, node, ['a', 'b', 'c']);
  await world.pass(500);
  await world.wait(node.stop());
  expect([done, node.counts.handling]).toEqual([['a'], 0]);
  const next = await world.start({ agents: [slow(world, 1_000, done)] });
  await world.quiet(next.node);
  expect(done).toEqual(['a', 'b', 'c']);
});

it.each([
  ['just before the drain is over', 1_000, 0],
  ['after the connection was lost and came back while it drained', 4_000, 100],
])('A stopping node leaves no finished intent to the next one %s', async (_when, drainMs, outageMs) => {
  const world = new NodeWorld();
  const done: string[] = [];
  const { node, process } = await world.start({ agents: [slow(world, 1_000, done)] });
  await tell(world, node, ['a']);
  world.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
  const stopping = node.stop({ drainMs });
  if (outageMs > 0) process.transport.disconnect(outageMs);
  await world.wait(stopping);
  world.faults.heal();
  const next = await world.start({ agents: [slow(world, 1_000, done)] });
  await world.quiet(next.node);
  expect([done, world.broker.pool('main').messages]).toEqual([['a'], 0]);
});

describe('a draining node that loses its connection twice', () => {
  it.each([0, 100, 150, 200, 250, 300, 400, 600])(
    'A draining node that loses its connection twice, the second time %i ms after the handler, leaves no finished intent to the next one',
    async (afterMs) => {
      const world = new NodeWorld();
      const done: string[] = [];
      const { node, process } = await world.start({ agents: [slow(world, 1_000, done)] });
      await tell(world, node, ['a']);
      world.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
      const stopping = node.stop({ drainMs: 8_000 });
      process.transport.disconnect(100);
      await world.until('the handler is done', () => done.length === 1);
      await world.pass(afterMs);
      process.transport.disconnect(500);
      const began = world.clock.monotonic();
      await world.wait(stopping);
      expect(world.clock.monotonic() - began).toBeLessThan(6_000);
      world.faults.heal();
      const next = await world.start({ agents: [slow(world, 1_000, done)] });
      await world.quiet(next.node);
      expect([done, world.broker.pool('main').messages]).toEqual([['a'], 0]);
    },
  );
});

it.each([true, false])(
  'A stopping node does not use up its drain for acknowledgements that the store took silently, with an archive: %s',
  async (archive) => {
    const world = new NodeWorld();
    const done: string[] = [];
    const { node, process } = await world.start({ agents: [slow(world, 10, done)], archive });
    await tell(world, node, ['a']);
    world.faults.change({ latencyMinMs: 60, latencyMaxMs: 60 });
    await world.until('the store has nothing more', () => world.broker.pool('main').messages === 0);
    process.transport.disconnect(100);
    const began = world.clock.monotonic();
    await world.wait(node.stop({ drainMs: 60_000 }));
    expect([done, world.clock.monotonic() - began < 10_000]).toEqual([['a'], true]);
  },
);

it('A stopping node aborts handlers that take longer than the drain, uncounted, and its successor handles their intents', async () => {
  const world = new NodeWorld();
  const done: string[] = [];
  const { node } = await world.start({ agents: [slow(world, 60_000, done)] });
  await tell(world, node, ['a']);
  await world.pass(500);
  await world.wait(node.stop({ drainMs: 2_000 }));
  expect([done, world.letters]).toEqual([[], []]);
  const next = await world.start({ agents: [slow(world, 1_000, done)] });
  await world.quiet(next.node);
  expect([done, world.letters]).toEqual([['a'], []]);
});

it('A stopped node refuses to send, and stops only once', async () => {
  const world = new NodeWorld();
  const { node } = await world.start({ agents: [slow(world, 1, [])] });
  const stopping = node.stop();
  expect(node.stop()).toBe(stopping);
  await world.wait(stopping);
  const late = node.tell('worker', { intent_type: 'alert' });
  expect(await world.outcome(late)).toBe('PARLEY_NODE_STOPPING');
});

it('A stopped node leaves no timer behind', async () => {
  const world = new NodeWorld();
  const done: string[] = [];
  const { node, process } = await world.start({
    agents: [slow(world, 10, done)],
    intake: { worker: { ratePerSecond: 1, burst: 2 } },
  });
  await tell(world, node, ['a', 'b', 'c', 'd']);
  await world.pass(1_500);
  await world.wait(node.stop());
  await world.wait(process.transport.close());
  expect(world.clock.pending).toBe(0);
});

it('A node takes a pool over from a killed one, and handles its remaining intents', async () => {
  const world = new NodeWorld();
  const [before, after]: [string[], string[]] = [[], []];
  const first = await world.start({ agents: [slow(world, 1_000, before)] });
  await tell(world, first.node, ['a', 'b', 'c', 'd']);
  await world.pass(1_500);
  expect(before).toEqual(['a']);
  first.process.transport.kill();
  const second = await world.start({ agents: [slow(world, 1_000, after)] });
  await world.quiet(second.node);
  expect(after).toEqual(['b', 'c', 'd']);
});

it('A node stands by for a living one, and does not disturb it', async () => {
  const world = new NodeWorld();
  const done: string[] = [];
  const first = await world.start({ agents: [slow(world, 1_000, done)] });
  const second = await world.start({ agents: [slow(world, 1_000, done)] });
  expect([first.node.standing, second.node.standing]).toEqual([
    { kind: 'serving' },
    { kind: 'standing_by', owner: first.node.id },
  ]);
  expect(second.node.health).toMatchObject({ status: 'ok', ready: true });
  await tell(world, first.node, ['a']);
  await world.quiet(first.node);
  expect(done).toEqual(['a']);
});

it('A node gives each handling a signal of its own, so that hundreds of agents may listen to theirs', async () => {
  const world = new NodeWorld();
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
  const { node } = await world.start({ agents: [worker] });
  const receivers = Array.from({ length: 300 }, (_, n) => `worker/${n}`);
  await world.wait(Promise.all(receivers.map((to) => node.tell(to, { intent_type: 'alert' }))));
  await world.until('all are handling', () => node.counts.handling === 300);
  await world.wait(node.stop({ drainMs: 100 }));
  expect([signals.size, [...signals].every(({ aborted }) => aborted)]).toEqual([300, true]);
  await world.pass(1);
  process.removeListener('warning', warned);
  expect(warnings).toEqual([]);
});

it('A stopping node rejects every wait for idleness', async () => {
  const world = new NodeWorld();
  const { node } = await world.start({ agents: [slow(world, 60_000, [])] });
  await tell(world, node, ['a', 'b']);
  const quiet = world.outcome(node.whenIdle());
  await world.wait(node.stop({ drainMs: 10 }));
  expect(await quiet).toBe('PARLEY_NODE_STOPPING');
});

it('A stopping node does not wait for a question to an agent of its own, which begins no more; the next node handles both', async () => {
  const world = new NodeWorld();
  const done: string[] = [];
  let answers = false;
  const agents: readonly LooseAgent[] = [
    {
      kind: 'asker',
      intents: { alert: {} },
      receive: async (intent, ctx) => {
        await new Promise<void>((resolve) => world.clock.after(100, resolve));
        await ctx.ask('worker', { intent_type: 'alert' });
        done.push(intent.intent_id);
      },
    },
    {
      kind: 'worker',
      intents: { alert: {} },
      receive: async (_intent, ctx) => {
        if (answers) await ctx.reply('yes');
        else await new Promise<void>((resolve) => world.clock.after(10, resolve));
      },
    },
  ];
  const { node } = await world.start({ agents });
  await world.wait(node.tell('asker', { intent_type: 'alert', intent_id: 'a' }));
  await world.pass(50);
  const began = world.clock.monotonic();
  await world.wait(node.stop({ drainMs: 60_000 }));
  expect(world.clock.monotonic() - began).toBeLessThan(10_000);
  answers = true;
  const next = await world.start({ agents });
  await world.quiet(next.node);
  expect([done, world.letters]).toEqual([['a'], []]);
});
