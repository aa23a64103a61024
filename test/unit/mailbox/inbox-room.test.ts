import { expect, it } from 'vitest';
import { memoryCosts } from '../../../runtime/mailbox/memory-budget.ts';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

/** One lane of one busy agent, beside what waits in it. */
const base = memoryCosts.lane + memoryCosts.mailbox + memoryCosts.handling;
/** An intent of one lane whose payload has two characters and stays in memory. */
const each = memoryCosts.intent + memoryCosts.payload + 2;

it('The inbox closes when it holds "maxMemoryBytes", and opens when a tenth of that is free again', async () => {
  const bench = new InboxBench({ maxMemoryBytes: base + 50 * each, payloadsPerAgent: 100 });
  bench.slow();
  bench.deliverAll('client/c', numbered('', 59).slice(10));
  expect([bench.rooms, bench.inbox.counts.memoryBytes]).toEqual([[], base + 49 * each]);
  bench.deliverAll('client/c', ['59']);
  expect(bench.rooms).toEqual([false]);
  while (bench.rooms.length < 2) await bench.finish(bench.running[0] ?? '');
  const opening = 0.9 * (base + 50 * each);
  expect(bench.inbox.counts.memoryBytes).toBeGreaterThan(opening - each);
  expect(bench.inbox.counts.memoryBytes).toBeLessThan(opening + memoryCosts.handling);
  await bench.finishAll();
  expect(bench.rooms).toEqual([false, true]);
});

it('An empty inbox counts nothing', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  for (const from of ['client/c', 'client/d']) bench.deliverAll(from, numbered(from, 10), 'agent/x');
  bench.deliverAll('client/c', numbered('y', 10), 'agent/y');
  await bench.finishAll();
  expect(bench.inbox.counts).toMatchObject({ held: 0, handling: 0, payloadBytes: 0, memoryBytes: 0, mailboxes: 0 });
});

it('The inbox counts 16 bytes for an intent that waits in the store', () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 10));
  const before = bench.inbox.counts.memoryBytes;
  bench.deliverAll('client/c', numbered('n', 1_000));
  expect(bench.inbox.counts.memoryBytes - before).toBe(16_000);
});

it('A closed inbox keeps intents that were already on their way', async () => {
  const bench = new InboxBench({ maxMemoryBytes: base + each, payloadsPerAgent: 100 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 30));
  expect([bench.rooms, bench.inbox.counts.held]).toEqual([[false], 30]);
  await bench.finishAll();
  expect(bench.handed).toEqual(numbered('m', 30));
});

it('A stopped inbox does not open again', async () => {
  const bench = new InboxBench({ maxMemoryBytes: base });
  bench.slow();
  bench.deliver({ text: 'a', to: 'agent/a' });
  bench.inbox.stop();
  await bench.finishAll();
  expect([bench.rooms, bench.inbox.counts.held]).toEqual([[false], 0]);
});

it('The inbox announces a mailbox closed above "overloadedAt", and open again at half of it', async () => {
  const bench = new InboxBench({ overloadedAt: 4 });
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

it('The inbox reports when nothing is handled and when nothing is held', async () => {
  const bench = new InboxBench();
  const quiet: string[] = [];
  bench.mayBeIdle = () => quiet.push(`${bench.inbox.counts.handling}/${bench.inbox.counts.held}`);
  bench.slow();
  bench.deliverAll('client/c', ['a', 'b']);
  await bench.finish('a');
  expect(quiet).toEqual(['0/1']);
  await bench.finish('b');
  expect(quiet.at(-1)).toBe('0/0');
});
