import { describe, expect, it } from 'vitest';
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

it.each<[string, (bench: SenderBench) => void]>([
  ['at the deadline', (bench) => bench.answerFor(1_100, 10, 'unknown')],
  ['while the first attempt is in flight', (bench) => bench.clock.advance(1_100)],
  ['when the process ends', (bench) => bench.sender.close()],
])('names the intent to send again when the outcome is unknown %s', (_when, end) => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  end(bench);
  const [error] = bench.errors;
  expect(error).toMatchObject({ code: 'PARLEY_SEND_OUTCOME_UNKNOWN', intentId: 'a1' });
  expect(error?.message).toContain('same intent_id, "a1"');
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

describe('while the store says nothing at all', () => {
  /** A caller is told at its deadline, or when the sweep after it is due. */
  const sweepMs = 50;

  it.each([1, 200, 5_000, 29_999])(
    'tells the caller at a deadline of %d ms that the outcome is unknown',
    (deadlineMs) => {
      const bench = new SenderBench();
      bench.send('a', 'a1', { deadlineMs });
      bench.clock.advance(deadlineMs - 1);
      expect(bench.told).toEqual([]);
      bench.clock.advance(1 + sweepMs);
      expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
    },
  );

  it.each(['reject', 'wait', 'drop'] as const)('does so in mode "%s"', (mode) => {
    const bench = new SenderBench();
    bench.send('a', 'a1', { deadlineMs: 200, mode });
    bench.clock.advance(200 + sweepMs);
    expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
  });

  it('tells those that wait behind it in the lane, also behind one with a later deadline', () => {
    const bench = new SenderBench();
    bench.send('a', 'a1', { deadlineMs: 30_000 });
    bench.send('a', 'a2', { deadlineMs: 20_000 });
    bench.send('a', 'a3', { deadlineMs: 200 });
    bench.send('a', 'a4', { deadlineMs: 10_000 });
    bench.clock.advance(200 + sweepMs);
    expect(bench.told).toEqual(['a3 PARLEY_SEND_TIMEOUT']);
    bench.store.store('a1');
    bench.store.store('a2');
    bench.store.store('a4');
    expect(bench.store.published).toEqual(['a1', 'a2', 'a4']);
  });

  it('tells those in lanes that wait for the window, and keeps nothing of them', () => {
    const bench = new SenderBench({ window: 2 });
    for (const lane of ['a', 'b', 'c', 'd']) bench.send(lane, `${lane}1`, { deadlineMs: lane < 'c' ? 30_000 : 200 });
    bench.clock.advance(200 + sweepMs);
    expect(bench.told).toEqual(['c1 PARLEY_SEND_TIMEOUT', 'd1 PARLEY_SEND_TIMEOUT']);
    expect(bench.sender.pending).toBe(2);
    bench.store.store('a1');
    bench.store.store('b1');
    expect([bench.store.published, bench.sender.pending, bench.clock.pending]).toEqual([['a1', 'b1'], 0, 0]);
  });

  it('tells each of a thousand at its own deadline, in no more sweeps than there are deadlines', () => {
    const bench = new SenderBench({ window: 4, queued: 2_000 });
    const toldAt = new Map<string, number>();
    bench.onTold = (message) => toldAt.set(message.split(' ', 1)[0] ?? '', bench.clock.monotonic());
    for (let n = 0; n < 1_000; n++) bench.send(`lane${n}`, `m${n}`, { deadlineMs: 100 + ((n * 7_919) % 5_000) });
    bench.clock.advance(6_000);
    for (let n = 0; n < 1_000; n++) {
      const lateMs = (toldAt.get(`m${n}`) ?? Number.POSITIVE_INFINITY) - (100 + ((n * 7_919) % 5_000));
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThanOrEqual(sweepMs);
    }
  });

  it('a word that comes after the deadline says of the only attempt what became of it, and opens the lane', () => {
    const bench = new SenderBench();
    for (const [lane, word] of [
      ['a', 'full'],
      ['b', 'unavailable'],
    ] as const) {
      bench.send(lane, `${lane}1`, { deadlineMs: 200 });
      bench.send(lane, `${lane}2`);
      bench.clock.advance(200 + sweepMs);
      bench.store[word](`${lane}1`);
      bench.store.store(`${lane}2`);
    }
    expect(bench.told).toEqual([
      'a1 PARLEY_SEND_OUTCOME_UNKNOWN',
      'a2 stored 1',
      'b1 PARLEY_SEND_OUTCOME_UNKNOWN',
      'b2 stored 2',
    ]);
  });

  it('keeps one timer, and none when everything is settled', () => {
    const bench = new SenderBench();
    for (let n = 0; n < 10; n++) bench.send(`lane${n}`, `m${n}`);
    expect(bench.clock.pending).toBe(1);
    for (let n = 0; n < 10; n++) bench.store.store(`m${n}`);
    expect(bench.clock.pending).toBe(0);
  });
});
