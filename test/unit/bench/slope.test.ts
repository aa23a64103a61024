import { describe, expect, it } from 'vitest';
import { type Point, scaled, slopeOf } from '../../../bench/measure/slope.ts';
import { type Random, seededRandom } from '../../../runtime/core/random.ts';

/** Near enough to a normal distribution, with a variance of 1. */
const noise = (random: Random): number =>
  Array.from({ length: 12 }, () => random.next()).reduce((sum, next) => sum + next, -6);

/** One sample every two seconds. */
function series(samples: number, value: (minute: number) => number): readonly Point[] {
  return Array.from({ length: samples }, (_, n) => ({ minute: n / 30, value: value(n / 30) }));
}

/** Each sample has so much of the one before in it. */
function autocorrelated(seed: number, samples: number, share: number, perMinute = 0): readonly Point[] {
  const random = seededRandom(seed);
  let last = 0;
  return series(samples, (minute) => {
    last = share * last + Math.sqrt(1 - share ** 2) * noise(random);
    return perMinute * minute + last;
  });
}

/** How many of 300 intervals hold the true slope. */
function hits(samples: number, share: number, perMinute: number): number {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed + 1);
  return seeds.filter((seed) => {
    const { low, high } = slopeOf(autocorrelated(seed, samples, share, perMinute));
    return low <= perMinute && perMinute <= high;
  }).length;
}

describe('a slope', () => {
  it('The slope of a straight line is that of the line, and certain', () => {
    const { perMinute, low, high } = slopeOf(series(30, (minute) => 7 + 0.5 * minute));
    for (const found of [perMinute, low, high]) expect(found).toBeCloseTo(0.5, 9);
  });

  it('The slope of a constant is zero', () => {
    expect(slopeOf(series(10, () => 23))).toMatchObject({ perMinute: 0, low: 0, high: 0, effective: 10 });
  });

  it('The slope of noise around one value may be zero', () => {
    const { low, high, effective } = slopeOf(autocorrelated(1, 300, 0));
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(effective).toBeGreaterThan(200);
  });

  it('A slope is found under noise', () => {
    const { low, high } = slopeOf(autocorrelated(1, 300, 0, 2));
    expect(low).toBeGreaterThan(1.5);
    expect(high).toBeLessThan(2.5);
  });

  it('A slope may be negative', () => {
    expect(slopeOf(autocorrelated(1, 300, 0, -2)).high).toBeLessThan(-1.5);
  });

  it.each([
    ['short, independent', 15, 0],
    ['long, independent', 300, 0],
    ['short, somewhat alike', 30, 0.5],
    ['long, alike', 300, 0.8],
    ['long, much alike', 900, 0.95],
  ])('A slope is within its interval in about 95 of 100 runs: %s', (_name, samples, share) => {
    const found = hits(samples, share, 0.3) / 300;
    expect(found).toBeGreaterThan(0.9);
  });

  it('A slope is less certain the more alike neighbouring samples are', () => {
    const width = (share: number): number => {
      const { low, high } = slopeOf(autocorrelated(3, 300, share));
      return high - low;
    };
    expect(width(0.9)).toBeGreaterThan(3 * width(0));
  });

  it('A slope does not count alternating samples as more than there are', () => {
    expect(slopeOf(series(20, (minute) => (Math.round(minute * 30) % 2 === 0 ? 1 : -1))).effective).toBe(20);
  });

  it('A slope is not computed from too few samples', () => {
    expect(() => slopeOf(series(3, (minute) => minute))).toThrow(RangeError);
    expect(slopeOf(series(4, (minute) => minute)).perMinute).toBeCloseTo(1);
  });

  it('A slope is converted to other units', () => {
    const slope = slopeOf(autocorrelated(1, 50, 0, 4));
    const half = scaled(slope, 0.5);
    expect([half.perMinute, half.low, half.high]).toEqual([slope.perMinute / 2, slope.low / 2, slope.high / 2]);
    expect(half.samples).toBe(50);
  });
});
