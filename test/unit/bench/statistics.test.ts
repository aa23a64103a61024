import { describe, expect, it } from 'vitest';
import { median, percentile, ratio, spread } from '../../../bench/measure/statistics.ts';

describe('statistics', () => {
  it('takes the middle sample as the median, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('takes the mean of the two middle samples of an even number', () => {
    expect(median([1, 10, 2, 4])).toBe(3);
  });

  it('leaves the samples in their order', () => {
    const samples = [3, 1, 2];
    median(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('sorts numbers as numbers', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('has nothing to say of no samples', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 50)).toThrow(RangeError);
  });

  it('tells the spread', () => {
    expect(spread([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9 });
  });

  it.each([
    [0, 1],
    [1, 1],
    [50, 50],
    [99, 99],
    [99.9, 100],
    [100, 100],
  ])('takes the nearest rank: p%d of 1 to 100 is %d', (p, expected) => {
    const ascending = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentile(ascending, p)).toBe(expected);
  });

  it('takes the only sample for every percentile', () => {
    expect([0, 50, 99.9].map((p) => percentile([7], p))).toEqual([7, 7, 7]);
  });

  it('makes no ratio to nothing', () => {
    expect(ratio(3, 4)).toBe(0.75);
    expect(ratio(3, 0)).toBeNaN();
  });
});
