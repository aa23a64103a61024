import { describe, expect, it } from 'vitest';
import { median, percentile, ratio, spread } from '../../../bench/measure/statistics.ts';

describe('statistics', () => {
  it('The median of an odd number of samples is the middle one, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('The median of an even number of samples is the mean of the two middle ones', () => {
    expect(median([1, 10, 2, 4])).toBe(3);
  });

  it('Statistics leave the samples in their order', () => {
    const samples = [3, 1, 2];
    median(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('Statistics sort numbers as numbers', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('Statistics of no samples do not exist', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 50)).toThrow(RangeError);
  });

  it('Statistics include the spread', () => {
    expect(spread([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9 });
  });

  it.each([
    [0, 1],
    [1, 1],
    [50, 50],
    [99, 99],
    [99.9, 100],
    [100, 100],
  ])('A percentile is the nearest rank: p%d of 1 to 100 is %d', (p, expected) => {
    const ascending = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentile(ascending, p)).toBe(expected);
  });

  it('Every percentile of one sample is that sample', () => {
    expect([0, 50, 99.9].map((p) => percentile([7], p))).toEqual([7, 7, 7]);
  });

  it('A ratio to zero does not exist', () => {
    expect(ratio(3, 4)).toBe(0.75);
    expect(ratio(3, 0)).toBeNaN();
  });
});
