import { expect, it } from 'vitest';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('ignores what is delivered again while it is held: handled, waiting, or evicted', async () => {
  const bench = new InboxBench({ residentPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 4));
  for (let seq = 1; seq <= 4; seq++) bench.deliver({ seq, text: `m${seq - 1}` });
  expect([bench.settledSeqs, bench.inbox.counts]).toMatchObject([[], { held: 4, repeats: 4 }]);
  await bench.finishAll();
  expect([bench.handed, bench.settledSeqs]).toEqual([numbered('m', 4), [1, 2, 3, 4]]);
});

it('acknowledges again what was handled, and does not handle it again', () => {
  const bench = new InboxBench();
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.deliver({ seq: 1, text: 'm0' });
  expect([bench.handed, bench.settledSeqs, bench.inbox.counts.held]).toEqual([['m0', 'm1'], [1, 2, 1], 0]);
});

it('acknowledges again what was handled although later ones of its lane are held', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['m0', 'm1', 'm2']);
  await bench.finish('m0');
  bench.deliver({ seq: 1, text: 'm0' });
  bench.deliver({ seq: 2, text: 'm1' });
  expect([bench.settledSeqs, bench.running]).toEqual([[1, 1], ['m1']]);
});

it('handles a message at a sequence that the store uses again after it lost its newest', () => {
  const bench = new InboxBench();
  bench.deliverAll('client/c', ['m0', 'lost']);
  bench.deliver({ seq: 2, text: 'new', storedAt: 1_000 });
  bench.deliver({ seq: 3, text: 'next', storedAt: 1_001 });
  expect(bench.handed).toEqual(['m0', 'lost', 'new', 'next']);
  expect(bench.settledSeqs).toEqual([1, 2, 2, 3]);
});

it('handles what is stored behind intents that the store lost before they could be read again', async () => {
  const bench = new InboxBench({ residentPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 5));
  bench.stored.splice(3);
  bench.stored.push({
    ...bench.stored[0],
    seq: 4,
    subject: bench.stored[0]?.subject ?? '',
    storedAt: 1_000,
    payload: Buffer.from('new'),
  });
  bench.deliver({ seq: 4, text: 'new', storedAt: 1_000 });
  expect(bench.inbox.counts.held).toBe(4);
  await bench.finishAll();
  expect([bench.handed, bench.inbox.counts.held]).toEqual([['m0', 'm1', 'm2', 'new'], 0]);
});

it("does not take a redelivery for a new message because the next server's clock is behind", () => {
  const bench = new InboxBench();
  bench.deliver({ seq: 1, text: 'm0', storedAt: 5_000 });
  bench.deliver({ seq: 2, text: 'm1', storedAt: 3_000 });
  bench.deliver({ seq: 1, text: 'm0', storedAt: 5_000 });
  bench.deliver({ seq: 2, text: 'm1', storedAt: 3_000 });
  expect([bench.handed, bench.settledSeqs]).toEqual([
    ['m0', 'm1'],
    [1, 2, 1, 2],
  ]);
});

it('keeps partitions apart', () => {
  const bench = new InboxBench();
  bench.deliver({ seq: 9, text: 'm0', partition: 0 });
  bench.deliver({ seq: 5, text: 'n0', partition: 1, to: 'agent/b' });
  expect(bench.handed).toEqual(['m0', 'n0']);
});
