import { expect, it } from 'vitest';
import { SenderBench } from '../../support/sender-bench.ts';

it('The sender publishes to a lane only after the previous answer, and to other lanes meanwhile', () => {
  const bench = new SenderBench();
  for (const id of ['a1', 'a2', 'b1']) bench.send(id.slice(0, 1), id);
  expect(bench.store.inFlight).toEqual(['a1', 'b1']);
  bench.store.store('a1');
  expect([bench.store.inFlight, bench.told]).toEqual([['b1', 'a2'], ['a1 stored 1']]);
});

it('The sender refuses an intent whose lane is full in mode "reject"', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.store.full('a1');
  expect([bench.told, bench.clock.pending]).toEqual([['a1 PARLEY_MAILBOX_FULL'], 0]);
});

it('The sender drops an intent whose lane is full in mode "drop"', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'drop' });
  bench.store.full('a1');
  expect([bench.told, bench.clock.pending]).toEqual([['a1 dropped'], 0]);
});

it('The sender keeps an intent in mode "wait", with longer and longer pauses, until there is room', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait' });
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    bench.store.full('a1');
    pauses.push(bench.clock.nextIn() ?? -1);
    bench.clock.step();
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 250, 250, 250]);
  bench.store.store('a1');
  expect(bench.told).toEqual(['a1 stored 1']);
});

it('A waiting send is rejected at its deadline because the lane is full', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait', deadlineMs: 500 });
  bench.answerFor(500, 1, 'full');
  expect(bench.told).toEqual(['a1 PARLEY_MAILBOX_FULL']);
  expect([bench.clock.pending, bench.sender.pending]).toEqual([0, 0]);
});

it('The sender no longer takes a lane for full when only the stream is', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait' });
  bench.store.full('a1');
  bench.clock.step();
  bench.store.say('a1', { kind: 'store_full' });
  bench.send('a', 'a2', { mode: 'reject' });
  expect(bench.told).toEqual([]);
  bench.clock.advance(4);
  bench.store.store('a1');
  bench.store.store('a2');
  expect(bench.told).toEqual(['a1 stored 1', 'a2 stored 2']);
});

it.each([
  ['reject', 'PARLEY_MAILBOX_FULL'],
  ['drop', 'dropped'],
] as const)('A send in mode "%s" behind one that waits for a full lane settles at once', (mode, answer) => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait' });
  bench.store.full('a1');
  bench.send('a', 'a2', { mode });
  expect([bench.told, bench.store.published]).toEqual([[`a2 ${answer}`], ['a1']]);
  bench.clock.advance(2);
  bench.store.store('a1');
  bench.send('a', 'a3', { mode });
  bench.store.store('a3');
  expect(bench.told.slice(1)).toEqual(['a1 stored 1', 'a3 stored 2']);
});

it('The sender reports a full store, and treats it as it treats a lane', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.send('b', 'b1', { mode: 'wait' });
  bench.store.say('a1', { kind: 'store_full' });
  bench.store.say('b1', { kind: 'store_full' });
  expect(bench.told).toEqual(['a1 PARLEY_STORE_FULL']);
  bench.clock.advance(2);
  bench.store.store('b1');
  expect(bench.told).toEqual(['a1 PARLEY_STORE_FULL', 'b1 stored 1']);
});

it('The sender does not repeat what the store refuses for good', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait' });
  bench.send('a', 'a2');
  bench.store.say('a1', { kind: 'rejected', code: 10054, reason: 'too large' });
  bench.store.store('a2');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_REJECTED', 'a2 stored 1']);
});

it('The sender repeats unavailable and unanswered publishes by itself, with the same id and before all others', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.send('a', 'a2');
  bench.store.unavailable('a1');
  bench.clock.advance(2);
  bench.store.unknown('a1');
  bench.clock.advance(4);
  bench.store.store('a1');
  bench.store.store('a2');
  expect(bench.store.published).toEqual(['a1', 'a1', 'a1', 'a2']);
  expect(bench.told).toEqual(['a1 stored 1', 'a2 stored 2']);
});

it('The sender keeps a send in mode "reject" that a full lane refuses after an unanswered attempt: that one may be stored', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.store.unknown('a1');
  bench.clock.advance(2);
  bench.store.full('a1');
  expect(bench.told).toEqual([]);
  bench.clock.advance(4);
  bench.store.store('a1');
  expect(bench.told).toEqual(['a1 stored 1']);
});
