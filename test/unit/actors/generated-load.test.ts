import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generatedLoad } from '../../../actors/metrics/generated-load.ts';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import { detectAll, spikesIn } from './detect-all.ts';

it('is a week of five-minute samples with three spikes', () => {
  const load = generatedLoad();
  expect(load.samples).toHaveLength(2_016);
  expect(load.planted).toHaveLength(3);
  expect(load.irregularities).toEqual({ gaps: 0, longestGap: undefined, repeated: 0 });
});

it('is the same for the same seed, another for another', () => {
  expect(generatedLoad({ seed: 7 })).toEqual(generatedLoad({ seed: 7 }));
  expect(generatedLoad({ seed: 7 }).samples).not.toEqual(generatedLoad({ seed: 8 }).samples);
});

it('has its spikes where it says, and the monitor finds exactly those', () => {
  const load = generatedLoad();
  const found = detectAll(load.samples).started.map(({ sample }) => load.samples.indexOf(sample));
  expect(found).toEqual(load.planted.map((spike) => spike.index));
});

it('has as many spikes as were asked for, for every seed', () => {
  const options = fc.record({ seed: fc.integer({ min: 0, max: 0xffffffff }), spikes: fc.integer({ min: 0, max: 8 }) });
  fc.assert(
    fc.property(options, (given) => spikesIn(generatedLoad({ ...given, samples: 600 }).samples) === given.spikes),
    { numRuns: 60 },
  );
});

it('is a constant when flat', () => {
  const load = generatedLoad({ flat: true, samples: 500 });
  expect(new Set(load.samples.map((sample) => sample.value)).size).toBe(1);
  expect(load.planted).toEqual([]);
  expect(spikesIn(load.samples)).toBe(0);
});

it('refuses more spikes than there is room for', () => {
  expect(() => generatedLoad({ samples: 100, spikes: 5 })).toThrow(InvalidOptionError);
  expect(() => generatedLoad({ samples: 100, spikes: 5 })).toThrow('at most 1 in 100 samples');
});
