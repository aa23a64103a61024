import { describe, expect, it } from 'vitest';
import { SenderBench } from '../../support/sender-bench.ts';

it('A send is reported as not stored at its deadline when the store could not be reached', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.answerFor(1_000, 10, 'unavailable');
  expect([bench.told, bench.sender.pending, bench.clock.pending]).toEqual([['a1 PARLEY_SEND_TIMEOUT'], 0, 0]);
});

it('A send has an unknown outcome at its deadline when an attempt went unanswered', () => {
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
])('An unknown outcome names the intent to send again %s', (_when, end) => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  end(bench);
  const [error] = bench.errors;
  expect(error).toMatchObject({ code: 'PARLEY_SEND_OUTCOME_UNKNOWN', intentId: 'a1' });
  expect(error?.message).toContain('same intent_id, "a1"');
});

it('A lane stays closed after an unknown outcome until the store has answered', () => {
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

it('A sender does not repeat an uncertain publish when the server may have forgotten its id, and opens the lane then', () => {
  const bench = new SenderBench({ dedupeWindowMs: 10_000 });
  bench.send('a', 'a1', { deadlineMs: 1_000 });
  bench.answerFor(7_900, 50, 'unknown');
  bench.send('a', 'a2');
  expect(bench.store.published).not.toContain('a2');
  bench.answerFor(400, 50, 'unknown');
  expect(bench.store.published.at(-1)).toBe('a2');
});

it("A sender never repeats an uncertain publish past the server's memory, also when the deadline is later", () => {
  const bench = new SenderBench({ dedupeWindowMs: 10_000 });
  bench.send('a', 'a1', { deadlineMs: 60_000 });
  bench.answerFor(8_500, 50, 'unknown');
  expect([bench.told, bench.clock.pending]).toEqual([['a1 PARLEY_SEND_OUTCOME_UNKNOWN'], 0]);
  const attempts = bench.store.published.length;
  bench.clock.advance(60_000);
  expect(bench.store.published).toHaveLength(attempts);
});

it('A send calls exactly one callback, also when the store answers after the deadline', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: 100 });
  bench.answerFor(200, 10, 'unknown');
  bench.sender.retryNow();
  bench.store.store('a1');
  expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
});

it('A send behind an unresolved one is refused at its deadline, unpublished', () => {
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

it('A send behind one that waits for a full lane is refused at its deadline as "full"', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { mode: 'wait', deadlineMs: 10_000 });
  bench.send('a', 'a2', { mode: 'wait', deadlineMs: 1_000 });
  bench.answerFor(1_500, 50, 'full');
  expect(bench.told).toEqual(['a2 PARLEY_MAILBOX_FULL']);
});

it('A send whose deadline has passed is not published', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1', { deadlineMs: -1 });
  expect([bench.told, bench.store.published, bench.sender.pending]).toEqual([['a1 PARLEY_SEND_TIMEOUT'], [], 0]);
});

describe('a silent store', () => {
  /** A caller is told at its deadline, or when the sweep after it is due. */
  const sweepMs = 50;

  it.each([1, 200, 5_000, 29_999])('A silent store gives an unknown outcome at a deadline of %d ms', (deadlineMs) => {
    const bench = new SenderBench();
    bench.send('a', 'a1', { deadlineMs });
    bench.clock.advance(deadlineMs - 1);
    expect(bench.told).toEqual([]);
    bench.clock.advance(1 + sweepMs);
    expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
  });

  it.each(['reject', 'wait', 'drop'] as const)('A silent store gives an unknown outcome in mode "%s"', (mode) => {
    const bench = new SenderBench();
    bench.send('a', 'a1', { deadlineMs: 200, mode });
    bench.clock.advance(200 + sweepMs);
    expect(bench.told).toEqual(['a1 PARLEY_SEND_OUTCOME_UNKNOWN']);
  });

  it('Sends behind an unanswered one in the lane are rejected at their deadlines, also behind one with a later deadline', () => {
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

  it('Sends in lanes that wait for the window are rejected at their deadlines, and leave nothing behind', () => {
    const bench = new SenderBench({ window: 2 });
    for (const lane of ['a', 'b', 'c', 'd']) bench.send(lane, `${lane}1`, { deadlineMs: lane < 'c' ? 30_000 : 200 });
    bench.clock.advance(200 + sweepMs);
    expect(bench.told).toEqual(['c1 PARLEY_SEND_TIMEOUT', 'd1 PARLEY_SEND_TIMEOUT']);
    expect(bench.sender.pending).toBe(2);
    bench.store.store('a1');
    bench.store.store('b1');
    expect([bench.store.published, bench.sender.pending, bench.clock.pending]).toEqual([['a1', 'b1'], 0, 0]);
  });

  it('Each of a thousand sends is rejected at its own deadline, in no more sweeps than there are deadlines', () => {
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

  it('An answer after the deadline settles the only attempt, and opens the lane', () => {
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

  it('A sender keeps one timer, and none when everything is settled', () => {
    const bench = new SenderBench();
    for (let n = 0; n < 10; n++) bench.send(`lane${n}`, `m${n}`);
    expect(bench.clock.pending).toBe(1);
    for (let n = 0; n < 10; n++) bench.store.store(`m${n}`);
    expect(bench.clock.pending).toBe(0);
  });
});
