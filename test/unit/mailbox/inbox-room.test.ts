import { expect, it } from 'vitest';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('closes at "maxHeld" intents, and opens when a tenth of the room is free again', async () => {
  const bench = new InboxBench({ maxHeld: 20 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 19));
  expect(bench.rooms).toEqual([]);
  bench.deliverAll('client/c', ['m19']);
  expect(bench.rooms).toEqual([false]);
  await bench.finish('m0');
  await bench.finish('m1');
  expect([bench.rooms, bench.inbox.counts.held]).toEqual([[false], 18]);
  await bench.finish('m2');
  expect(bench.rooms).toEqual([false, true]);
});

it('keeps what was already on its way when it closed', async () => {
  const bench = new InboxBench({ maxHeld: 16 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 30));
  expect([bench.rooms, bench.inbox.counts.held]).toEqual([[false], 30]);
  await bench.finishAll();
  expect(bench.handed).toEqual(numbered('m', 30));
});

it('does not open again once it is stopped', async () => {
  const bench = new InboxBench({ maxHeld: 2 });
  bench.slow();
  bench.deliver({ text: 'a', to: 'agent/a' });
  bench.deliver({ text: 'b', to: 'agent/b' });
  bench.inbox.stop();
  await bench.finishAll();
  expect([bench.rooms, bench.inbox.counts.held]).toEqual([[false], 0]);
});

it('announces a mailbox closed above "crowdedAt", and open again at half of it', async () => {
  const bench = new InboxBench({ crowdedAt: 4 });
  bench.slow();
  bench.deliverAll('client/c', numbered('x', 4), 'agent/x');
  bench.deliverAll('client/c', numbered('m', 4));
  expect(bench.crowds).toEqual([]);
  bench.deliverAll('client/d', ['n0', 'n1']);
  expect(bench.crowds).toEqual(['agent/a closed']);
  for (let left = 6; left > 3; left--) await bench.finish(bench.running.find((text) => !text.startsWith('x')) ?? '');
  expect(bench.crowds).toEqual(['agent/a closed']);
  await bench.finish(bench.running.find((text) => !text.startsWith('x')) ?? '');
  expect(bench.crowds).toEqual(['agent/a closed', 'agent/a open']);
});

it('tells when nothing is handled and when nothing is held', async () => {
  const bench = new InboxBench();
  const quiet: string[] = [];
  bench.quieter = () => quiet.push(`${bench.inbox.counts.handling}/${bench.inbox.counts.held}`);
  bench.slow();
  bench.deliverAll('client/c', ['a', 'b']);
  await bench.finish('a');
  expect(quiet).toEqual(['0/1']);
  await bench.finish('b');
  expect(quiet.at(-1)).toBe('0/0');
});
