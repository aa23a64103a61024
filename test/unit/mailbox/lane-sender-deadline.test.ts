import { expect, it } from 'vitest';
import { SenderBench } from '../../support/sender-bench.ts';

it('says at the deadline that nothing was stored when the store could not be reached', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.answerFor(1_000, 10, 'unavailable');
  expect([bench.told, bench.sender.pending, bench.clock.pending]).toEqual([['a1 PARLEY_SEND_TIMEOUT'], 0, 0]);
});

it('says at the deadline that the outcome is unknown when an attempt went unanswered', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.store.unknown('a1');
  bench.answerFor(1_100, 10, 'unavailable');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
});

it('keeps the lane closed after an unknown outcome until the store has said what became of it', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.answerFor(1_100, 10, 'unknown');
  bench.send('a', 'a2');
  bench.answerFor(5_000, 10, 'unknown');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
  expect(new Set(bench.store.published)).toEqual(new Set(['a1']));
  bench.sender.retryNow();
  bench.store.store('a1');
  bench.store.store('a2');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN', 'a2 stored 2']);
});

it('does not repeat an uncertain one when the server may have forgotten its id, and opens the lane then', () => {
  const bench = new SenderBench({ dedupeWindowMs: 10_000 });
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.answerFor(7_900, 50, 'unknown');
  bench.send('a', 'a2');
  expect(bench.store.published).not.toContain('a2');
  bench.answerFor(400, 50, 'unknown');
  expect(bench.store.published.at(-1)).toBe('a2');
});

it("never repeats an uncertain one past the server's memory, also when the deadline is later than that", () => {
  const bench = new SenderBench({ dedupeWindowMs: 10_000 });
  bench.send('a', 'a1', { deadlineMs: 60_000 });
  bench.answerFor(8_500, 50, 'unknown');
  expect([bench.told, bench.clock.pending]).toEqual([['a1 PARLEY_SEND_OUTCOME_UNKNOWN'], 0]);
  const attempts = bench.store.published.length;
  bench.clock.advance(60_000);
  expect(bench.store.published).toHaveLength(attempts);
});

it("calls exactly one callback, also when the store's word comes after the deadline", () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 100 });
  bench.answerFor(200, 10, 'unknown');
  bench.sender.retryNow();
  bench.store.store('a1');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
});

it('refuses at its deadline what waits behind an unresolved one, unpublished', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.send('a', 'a2', { deadlineMs: 2_000 });
  bench.send('a', 'a3', { deadlineMs: 5_000 });
  bench.answerFor(3_000, 50, 'unknown');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN', 'a2 PARLEY_SEND_TIMEOUT']);
  bench.store.store('a1');
  bench.store.store('a3');
  expect([bench.told.at(-1), bench.store.published.includes('a2')]).toEqual(['a3 stored 2', false]);
});

it('refuses at its deadline as "full" what waits behind one that waits for a full lane', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait', deadlineMs: 10_000 });
  bench.send('a', 'a2', { mode: 'wait', deadlineMs: 1_000 });
  bench.answerFor(1_500, 50, 'full');
  expect(bench.told).toEqual(['a2 PARLEY_MAILBOX_FULL']);
});

it('publishes nothing whose deadline has passed before it was sent', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: -1 });
  expect([bench.told, bench.store.published, bench.sender.pending]).toEqual([['a1 PARLEY_SEND_TIMEOUT'], [], 0]);
});
