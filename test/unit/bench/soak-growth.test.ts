import { describe, expect, it } from 'vitest';
import { growthOf, isCompiled, type SoakSample, warmUpOf } from '../../../bench/soak/growth.ts';
import { soakSamples } from './soak-samples.ts';

describe('the warm-up of a soak', () => {
  it.each([
    [1, 0.5],
    [9, 4.5],
    [10, 5],
    [30, 5],
  ])('of %d minutes is %d', (minutes, warmUp) => {
    expect(warmUpOf(minutes)).toBe(warmUp);
  });

  it('is too short for a compiler when half of the run is one', () => {
    expect([9, 10].map(isCompiled)).toEqual([false, true]);
  });
});

describe('growth', () => {
  it('is looked for after the warm-up', () => {
    const steep = soakSamples(2, (sample) => {
      const heapUsed = sample.minute < 1 ? 1_000_000 * sample.minute : 1_000_000;
      return { ...sample, reading: { ...sample.reading, heapUsed } };
    });
    const { minutes, heap } = growthOf(steep, 2);
    expect(minutes).toBe(1);
    expect(heap.slope.perMinute).toBe(0);
    expect(heap.slope.samples).toBe(31);
  });

  it('is told for a minute, with what was accepted in one', () => {
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

  it('has no word of descriptors where the system has none', () => {
    const blind = soakSamples(2, (sample: SoakSample) => ({
      ...sample,
      reading: { ...sample.reading, descriptors: null },
    }));
    expect(growthOf(blind, 2).descriptors).toBeNull();
  });

  it('is not made up of a run that ended early', () => {
    expect(() => growthOf(soakSamples(2).slice(0, 31), 2)).toThrow(RangeError);
  });
});
