import { describe, expect, it } from 'vitest';
import { interleave, pairsInTurn } from '../../../bench/measure/interleave.ts';
import { openLoop } from '../../../bench/measure/open-loop.ts';

describe('an open loop', () => {
  it('An open loop sends each message at its time, also when the one before took long', async () => {
    const due: number[] = [];
    const sent = await openLoop({ pace: 'spin', ratePerSecond: 1_000, count: 20 }, (n, dueAt) => {
      due.push(dueAt);
      if (n === 0) for (const until = performance.now() + 10; performance.now() < until; );
    });
    const gaps = due.slice(1).map((at, i) => at - (due[i] ?? 0));
    expect(sent).toBe(20);
    expect(gaps.every((gap) => Math.abs(gap - 1) < 1e-6)).toBe(true);
  });

  it('An open loop ends on request', async () => {
    let over = false;
    const schedule = { pace: 'spin', ratePerSecond: 1_000, count: 1_000_000, over: () => over } as const;
    const sent = await openLoop(schedule, (n) => {
      over = n >= 3;
    });
    expect(sent).toBeLessThan(1_000_000);
  });
});

describe('interleaved rounds', () => {
  it('Interleaved rounds take every subject in turn', async () => {
    const order: string[] = [];
    const results = await interleave(['a', 'b'], 2, async (subject, round) => {
      order.push(`${subject}${round}`);
      return round;
    });
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1']);
    expect(results.get('b')).toEqual([0, 1]);
  });

  it('Interleaved rounds swap the two of a pair every other time, and keep the results apart', async () => {
    const order: string[] = [];
    const subjects = ['raw', 'new', 'old', 'tuned'];
    const orderOf = pairsInTurn(subjects, new Map([['new', 'old']]));
    const measure = async (subject: string, round: number) => {
      order.push(subject);
      return `${subject}${round}`;
    };
    const results = await interleave(subjects, 3, measure, orderOf);
    expect(order.join(' ')).toBe('raw new old tuned raw old new tuned raw new old tuned');
    expect(results.get('old')).toEqual(['old0', 'old1', 'old2']);
    expect(results.get('new')).toEqual(['new0', 'new1', 'new2']);
  });
});
