import { describe, expect, it } from 'vitest';
import { deepBounds, floodBounds, judge, latencyBounds, throughputBounds } from '../../../bench/report/bounds.ts';

describe('a bound', () => {
  it('A bound holds at its limit, and not beyond it', () => {
    expect(judge(throughputBounds.runtime, 0.65).holds).toBe(true);
    expect(judge(throughputBounds.runtime, 0.6499).holds).toBe(false);
    expect(judge(throughputBounds.tell, 1.5).holds).toBe(true);
    expect(judge(throughputBounds.tell, 1.499).holds).toBe(false);
    expect(judge(floodBounds.depth(256), 256).holds).toBe(true);
    expect(judge(floodBounds.depth(256), 257).holds).toBe(false);
  });

  it('A bound is missed by a value that is not a number', () => {
    expect(judge(throughputBounds.raw, Number.NaN).holds).toBe(false);
    expect(judge(floodBounds.lost, Number.NaN).holds).toBe(false);
  });

  it.each([
    ['p50 of 0.2 ms', latencyBounds.p50(0.2).limit, 0.6],
    ['p99 of 0.3 ms: 2 ms more', latencyBounds.p99(0.3).limit, 2.3],
    ['p99 of 5 ms: 4 times', latencyBounds.p99(5).limit, 20],
    ['tell, control at 2 ms: 1 ms more', latencyBounds.tell(2).limit, 3],
    ['tell, control at 10 ms: 1.3 times', latencyBounds.tell(10).limit, 13],
    ['deep, 2 ms without: 50 ms', deepBounds.p99(2).limit, 50],
    ['deep, 20 ms without: 5 times', deepBounds.p99(20).limit, 100],
    ['flood, 1 ms without: 10 ms', floodBounds.p99(1).limit, 10],
    ['flood, 6 ms without: 3 times', floodBounds.p99(6).limit, 18],
  ])('A bound is derived from the measurement, without: %s', (_name, limit, expected) => {
    expect(limit).toBeCloseTo(expected);
  });
});
