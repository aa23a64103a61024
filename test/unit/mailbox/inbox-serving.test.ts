import { expect, it } from 'vitest';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('The inbox hands out one intent at a time per agent, and serves agents concurrently', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['a0', 'a1'], 'agent/a');
  bench.deliverAll('client/d', ['a2'], 'agent/a');
  bench.deliverAll('client/c', ['b0'], 'agent/b');
  expect([bench.running, bench.inbox.counts.handling]).toEqual([['a0', 'b0'], 2]);
  await bench.finish('a0');
  expect(bench.running).toEqual(['b0', 'a1']);
  await bench.finishAll();
  expect(bench.handed).toEqual(['a0', 'b0', 'a1', 'a2']);
});

it('The inbox serves the lanes of an agent in turns: a flooding lane delays another by one intent', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 100 });
  bench.slow();
  bench.deliverAll('client/flood', numbered('f', 20));
  bench.deliverAll('client/calm', ['c0', 'c1']);
  await bench.finishAll();
  expect(bench.handed.slice(0, 6)).toEqual(['f0', 'f1', 'c0', 'f2', 'c1', 'f3']);
  expect(bench.handed.filter((text) => text.startsWith('f'))).toEqual(numbered('f', 20));
});

it('The inbox hands out control before earlier intents, and replies at once', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliverAll('client/c', ['first', 'second']);
  const reply = bench.deliver({ text: 'reply', lane: 'r' });
  bench.deliver({ text: 'control', lane: 'c' });
  expect([bench.replies.length, bench.settledSeqs]).toEqual([1, [reply]]);
  await bench.finishAll();
  expect(bench.handed).toEqual(['first', 'control', 'second']);
});

it('The inbox acknowledges an intent when it is handled', async () => {
  const bench = new InboxBench();
  bench.slow();
  const seq = bench.deliver({ text: 'a' });
  expect(bench.settledSeqs).toEqual([]);
  await bench.finish('a');
  expect(bench.settledSeqs).toEqual([seq]);
});

it('The inbox serves thousands of immediately handled intents in a loop, not by recursion', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 50_000 });
  bench.slow();
  bench.deliver({ text: 'slow' });
  bench.deliverAll('client/d', numbered('d', 10_000));
  bench.answer = () => ({ kind: 'done' });
  await bench.finish('slow');
  expect(bench.settledSeqs).toHaveLength(10_001);
});

it('The inbox throttles intents by the intake bucket, and neither replies nor control', async () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 10, burst: 2 };
  bench.deliverAll('client/c', ['i0', 'i1', 'i2', 'i3']);
  bench.deliver({ text: 'r0', lane: 'r' });
  bench.deliver({ text: 'c0', lane: 'c' });
  expect([bench.handed, bench.replies.length]).toEqual([['i0', 'i1', 'c0'], 1]);
  bench.clock.advance(99);
  expect(bench.handed).toHaveLength(3);
  bench.clock.advance(1);
  expect(bench.handed.slice(3)).toEqual(['i2']);
  bench.clock.advance(100);
  expect(bench.handed.slice(4)).toEqual(['i3']);
});

it('The inbox throttles one agent and not another', () => {
  const bench = new InboxBench();
  bench.rule = { ratePerSecond: 1, burst: 1 };
  bench.deliverAll('client/c', ['a0', 'a1'], 'agent/a');
  bench.deliverAll('client/c', ['b0'], 'agent/b');
  expect(bench.handed).toEqual(['a0', 'b0']);
});

it('The inbox discards and acknowledges messages under a subject that is not a lane', () => {
  const bench = new InboxBench();
  const at = { pool: 'main', partition: 0, payload: new Uint8Array(1), storedAt: 1 };
  bench.inbox.deliver({ ...at, seq: 1, subject: 'sim.mbx.main.0.agent.a.client.c.x' });
  bench.inbox.deliver({ ...at, seq: 2, subject: 'sim.mbx.main.0.agent.a.client.c.i.i' });
  expect([bench.handed, bench.settledSeqs, bench.inbox.counts.mailboxes]).toEqual([[], [1, 2], 0]);
});
