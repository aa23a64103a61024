import { describe, expect, it } from 'vitest';
import { growthOf, isCompiled, type SoakSample, warmUpOf } from '../../../bench/soak/growth.ts';
import { soakSamples } from './soak-samples.ts';

describe('the warm-up of a soak', () => {
  it.each([
    [1, 0.5],
    [9, 4.5],
    [10, 5],
    [30, 5],
  ])('The warm-up of a soak of %d minutes is %d', (minutes, warmUp) => {
    expect(warmUpOf(minutes)).toBe(warmUp);
  });

  it('The warm-up of a soak is too short for a compiler when it is half of the run', () => {
    expect([9, 10].map(isCompiled)).toEqual([false, true]);
  });
});

describe('growth', () => {
  it('Growth is measured after the warm-up', () => {
    const steep = soakSamples(2, (sample) => {
      const heapUsed = sample.minute < 1 ? 1_000_000 * sample.minute : 1_000_000;
      return { ...sample, reading: { ...sample.reading, heapUsed } };
    });
    const { minutes, heap } = growthOf(steep, 2);
    expect(minutes).toBe(1);
    expect(heap.slope.perMinute).toBe(0);
    expect(heap.slope.samples).toBe(31);
  });

  it('Growth is reported per minute, with the number of accepted intents', () => {
    const { heap, descriptors, resources, intentsPerMinute } = growthOf(
      soakSamples(2, ({ minute, reading, ...rest }) => ({
        ...rest,
        minute,
        reading: {
          ...reading,
          heapUsed: 600 * minute,
          descriptors: 20 + 3 * minute,
          resources: { Timeout: 5 * minute },
        },
      })),
      2,
    );
    expect(intentsPerMinute).toBeCloseTo(6_000);
    expect(heap.slope.perMinute).toBeCloseTo(600);
    expect(descriptors?.slope.perMinute).toBeCloseTo(3);
    expect(resources.slope.perMinute).toBeCloseTo(5);
    expect(heap).toMatchObject({ first: 600, last: 1_200 });
  });

  it('Growth omits descriptors where the system does not count them', () => {
    const blind = soakSamples(2, (sample: SoakSample) => ({
      ...sample,
      reading: { ...sample.reading, descriptors: null },
    }));
    expect(growthOf(blind, 2).descriptors).toBeNull();
  });

  it('Growth is not computed for a run that ended early', () => {
    expect(() => growthOf(soakSamples(2).slice(0, 31), 2)).toThrow(RangeError);
  });
});
