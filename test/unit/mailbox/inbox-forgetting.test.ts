import { expect, it } from 'vitest';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('The inbox forgets an idle mailbox: ten thousand agents leave nothing behind', () => {
  const bench = new InboxBench();
  for (let n = 0; n < 2_000; n++) bench.deliver({ text: `${n}`, to: `agent/a${n}` });
  expect(bench.inbox.counts).toEqual({
    held: 0,
    handling: 0,
    payloadBytes: 0,
    memoryBytes: 0,
    repeats: 0,
    throttled: 0,
    lanes: 0,
    unarchivedBytes: 0,
    mailboxes: 0,
  });
  expect(bench.clock.pending).toBe(0);
});

it('The inbox does not refill an intake bucket by forgetting its mailbox', () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 1, burst: 2 };
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.clock.advance(500);
  bench.deliverAll('client/c', ['m2']);
  expect(bench.handed).toEqual(['m0', 'm1']);
  bench.clock.advance(500);
  expect(bench.handed).toEqual(['m0', 'm1', 'm2']);
});

it('The inbox forgets a mailbox with an intake bucket when that is full again', () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 1, burst: 2 };
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.clock.advance(1_999);
  expect(bench.inbox.counts.mailboxes).toBe(1);
  bench.clock.advance(1);
  expect([bench.inbox.counts.mailboxes, bench.clock.pending]).toEqual([0, 0]);
});

it('The inbox keeps a lingering mailbox that is used again, and forgets it later', () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 1, burst: 2 };
  bench.deliverAll('client/c', ['m0', 'm1']);
  bench.clock.advance(1_500);
  bench.deliverAll('client/c', ['m2']);
  bench.clock.advance(500);
  expect(bench.inbox.counts.mailboxes).toBe(1);
  bench.clock.advance(1_000);
  expect(bench.inbox.counts.mailboxes).toBe(0);
});

it('The inbox waits for a bucket that fills very slowly in steps that a timer can have', async () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 0.001, burst: 10 };
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 10));
  await bench.finishAll();
  expect([bench.handed.length, bench.clock.nextIn()]).toEqual([10, 3_600_000]);
  bench.clock.advance(9_999_999);
  expect(bench.inbox.counts.mailboxes).toBe(1);
  bench.clock.advance(1);
  expect(bench.inbox.counts.mailboxes).toBe(0);
});

it('The inbox forgets a lost partition: waiting intents are gone, running ones are not settled, and it starts anew', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2, overloadedAt: 3 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 5));
  bench.deliver({ text: 'other', to: 'agent/b', partition: 1 });
  bench.inbox.forget('main', 0);
  expect(bench.inbox.counts).toMatchObject({ held: 2, handling: 2, payloadBytes: 7 });
  expect(bench.crowds).toEqual(['agent/a closed', 'agent/a open']);
  await bench.finishAll();
  expect([bench.handed, bench.settledSeqs]).toEqual([['m0', 'other'], [6]]);
  expect(bench.inbox.counts).toMatchObject({ held: 0, payloadBytes: 0, memoryBytes: 0, mailboxes: 0 });
  bench.deliver({ seq: 2, text: 'm1' });
  expect(bench.running).toEqual(['m1']);
});

it('The inbox forgets a lost partition during a pause and with payloads on their way', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 6));
  bench.fetchFails = 1;
  await bench.finish('m0');
  await bench.finish('m1', { kind: 'retry', afterMs: 100 });
  bench.inbox.forget('main', 0);
  bench.clock.advance(100);
  bench.clock.advance(150);
  await turn();
  expect([bench.handed, bench.running, bench.reads.length]).toEqual([['m0', 'm1'], [], 1]);
  expect(bench.inbox.counts).toMatchObject({ held: 0, payloadBytes: 0, memoryBytes: 0, mailboxes: 0 });
  expect(bench.clock.pending).toBe(0);
});

it('A stopped inbox starts nothing, and leaves no timer behind', async () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 1, burst: 1 };
  bench.slow();
  bench.deliverAll('client/c', ['a0', 'a1'], 'agent/a');
  bench.deliverAll('client/c', ['b0', 'b1'], 'agent/b');
  await bench.finish('a0', { kind: 'retry', afterMs: 100 });
  bench.inbox.stop();
  expect(bench.clock.pending).toBe(0);
  await bench.finish('b0');
  bench.deliver({ text: 'late', to: 'agent/c' });
  expect([bench.handed, bench.clock.pending]).toEqual([['a0', 'b0'], 0]);
  expect(bench.settledSeqs).toEqual([3]);
});
