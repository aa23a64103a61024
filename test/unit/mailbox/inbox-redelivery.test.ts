import { expect, it } from 'vitest';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('The inbox ignores a redelivered intent that it holds: handled, waiting, or evicted', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 4));
  for (let seq = 1; seq <= 4; seq++) bench.deliver({ seq, text: `m${seq - 1}` });
  expect([bench.settledSeqs, bench.inbox.counts]).toMatchObject([[], { held: 4, repeats: 4 }]);
  await bench.finishAll();
  expect([bench.handed, bench.settledSeqs]).toEqual([numbered('m', 4), [1, 2, 3, 4]]);
});

it('The inbox acknowledges a handled intent again, and does not handle it again', () => {
  const bench = new InboxBench();
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.deliver({ seq: 1, text: 'm0' });
  expect([bench.handed, bench.settledSeqs, bench.inbox.counts.held]).toEqual([['m0', 'm1'], [1, 2, 1], 0]);
});

it('The inbox acknowledges a handled intent again although later ones of its lane are held', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['m0', 'm1', 'm2']);
  await bench.finish('m0');
  bench.deliver({ seq: 1, text: 'm0' });
  bench.deliver({ seq: 2, text: 'm1' });
  expect([bench.settledSeqs, bench.running]).toEqual([[1, 1], ['m1']]);
});

it('The inbox handles a message at a sequence that the store reuses after it lost its newest', () => {
  const bench = new InboxBench();
  bench.deliverAll('client/c', ['m0', 'lost']);
  bench.deliver({ seq: 2, text: 'new', storedAt: 1_000 });
  bench.deliver({ seq: 3, text: 'next', storedAt: 1_001 });
  expect(bench.handed).toEqual(['m0', 'lost', 'new', 'next']);
  expect(bench.settledSeqs).toEqual([1, 2, 2, 3]);
});

it('The inbox handles intents behind those that the store lost before they could be read again', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
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

it("The inbox does not take a redelivery for a new message because the next server's clock is behind", () => {
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

it('The inbox keeps partitions apart', () => {
  const bench = new InboxBench();
  bench.deliver({ seq: 9, text: 'm0', partition: 0 });
  bench.deliver({ seq: 5, text: 'n0', partition: 1, to: 'agent/b' });
  expect(bench.handed).toEqual(['m0', 'n0']);
});

it('The inbox loses no new message at a reused sequence because the next clock is behind', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['m0', 'm1', 'm2']);
  await bench.finish('m0');
  await bench.finish('m1');
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ seq: 2, text: 'new', storedAt: 1.5 });
  bench.deliver({ seq: 3, text: 'next', storedAt: 1.6 });
  await bench.finishAll();
  expect(bench.handed).toEqual(['m0', 'm1', 'm2', 'new', 'next']);
  expect([bench.settledSeqs, bench.lostFrom]).toEqual([[1, 2, 2, 3], [2]]);
});

it('The inbox does not acknowledge a new message for an older one at its sequence that is still running', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliver({ seq: 5, text: 'old' });
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ seq: 5, text: 'new', storedAt: 1, to: 'agent/b' });
  await bench.finish('old');
  expect(bench.settledSeqs).toEqual([]);
  await bench.finish('new');
  expect(bench.settledSeqs).toEqual([5]);
});

it('The inbox acknowledges an intent that finished between two feeds when the next has delivered it', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.inbox.expectAgain('main', 0);
  await bench.finish('m0');
  await bench.finish('m1');
  expect([bench.settledSeqs, bench.inbox.awaits('main', 0)]).toEqual([[], true]);
  for (const seq of [1, 2]) bench.deliver({ seq, text: `m${seq - 1}` });
  expect([bench.settledSeqs, bench.inbox.awaits('main', 0), bench.handed]).toEqual([[1, 2], false, ['m0', 'm1']]);
});

it('The inbox acknowledges nothing before it is in the archive, however often it is delivered', async () => {
  const bench = new InboxBench();
  bench.archives = true;
  bench.deliverAll('client/c', ['m0']);
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ seq: 1, text: 'm0' });
  expect([bench.handed, bench.settledSeqs]).toEqual([['m0'], []]);
  bench.archive(2);
  expect(bench.settledSeqs).toEqual([1]);
});

it('The inbox handles the intents of another owner anew, although an earlier handling still runs', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['m0']);
  bench.inbox.forget('main', 0);
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ seq: 1, text: 'm0', to: 'agent/b' });
  await bench.finish('m0');
  expect(bench.settledSeqs).toEqual([1]);
});
