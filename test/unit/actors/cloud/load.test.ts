/** Loads are the same for the same seed; any recorded series stays within the capacity of the cloud. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../../actors/cloud/catalogue.ts';
import { generatedWorkload, replayedWorkload, type Workload } from '../../../../actors/cloud/load.ts';
import type { MetricsSeries } from '../../../../actors/metrics/series.ts';

const seriesOf = (values: readonly number[]): MetricsSeries => ({
  name: 'recorded',
  samples: values.map((value, n) => ({ at: 1_000_000 + n * 300_000, value })),
  irregularities: { gaps: 0, longestGap: undefined, repeated: 0 },
});

/** With the minutes at which its samples were taken. */
const seriesAt = (samples: readonly (readonly [minute: number, value: number])[]): MetricsSeries => ({
  ...seriesOf([]),
  samples: samples.map(([minute, value], n) => ({ at: 1_000_000 + minute * 60_000, value, line: n + 2 })),
});

/** One value a tick, as shares of the highest. */
function shares(series: MetricsSeries): readonly number[] {
  const found = loads(replayedWorkload(series, Number.POSITIVE_INFINITY), 'search');
  const top = found.reduce((most, load) => Math.max(most, load), 0);
  return found.map((load) => Math.round((load / top) * 1000) / 1000);
}

const loads = (workload: Workload, service: string): readonly number[] =>
  Array.from({ length: workload.ticks }, (_, tick) => workload.at(service, tick).legitimate);

describe('a generated load', () => {
  it('A generated load is a function of its seed', () => {
    expect(loads(generatedWorkload(7, 300), 'search')).toEqual(loads(generatedWorkload(7, 300), 'search'));
    expect(loads(generatedWorkload(7, 300), 'search')).not.toEqual(loads(generatedWorkload(8, 300), 'search'));
  });

  it('A generated load begins the same whatever its length', () => {
    expect(loads(generatedWorkload(7, 400), 'search').slice(0, 100)).toEqual(
      loads(generatedWorkload(7, 100), 'search'),
    );
  });

  it('A generated load has days, rushes and attacks', () => {
    const workload = generatedWorkload(3, 2_000);
    const bots = Array.from({ length: 2_000 }, (_, tick) => workload.at('checkout', tick).bots);
    const usual = loads(workload, 'checkout');
    expect(bots.filter((load) => load > 0).length).toBeGreaterThan(10);
    expect(Math.max(...usual) / Math.min(...usual)).toBeGreaterThan(1.5);
  });
});

describe('a recorded series', () => {
  it('A recorded series is scaled to each service, whatever its unit', () => {
    const percent = replayedWorkload(seriesOf([1, 2, 3, 4]), 4);
    const bytes = replayedWorkload(seriesOf([1e9, 2e9, 3e9, 4e9]), 4);
    expect(loads(percent, 'api_gateway')).toEqual(loads(bytes, 'api_gateway'));
    expect(loads(percent, 'api_gateway')).not.toEqual(loads(percent, 'checkout'));
  });

  it('A recorded series is replayed from its beginning, for as many ticks as requested or available', () => {
    const series = seriesOf(Array.from({ length: 10 }, (_, n) => n + 1));
    expect([replayedWorkload(series, 4).ticks, replayedWorkload(series, 99).ticks]).toEqual([4, 10]);
    expect(replayedWorkload(series, 4).startAt).toBe(1_000_000);
  });

  it.each<[string, readonly (readonly [number, number])[], readonly number[]]>([
    [
      'a gap holds the value before',
      [
        [0, 1],
        [5, 2],
        [20, 4],
      ],
      [0.25, 0.5, 0.5, 0.5, 1],
    ],
    [
      'samples of an hour hold theirs',
      [
        [0, 2],
        [60, 4],
      ],
      [...Array.from({ length: 12 }, () => 0.5), 1],
    ],
    [
      'samples of a minute are averaged',
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 4],
        [4, 4],
        [5, 4],
        [6, 4],
        [7, 4],
      ],
      [0.25, 1],
    ],
    [
      'repeated times are averaged',
      [
        [0, 4],
        [5, 1],
        [5, 3],
        [10, 4],
      ],
      [1, 0.5, 1],
    ],
    [
      'a late sample belongs to its tick',
      [
        [0, 1],
        [5.5, 2],
        [9.8, 4],
        [15, 4],
      ],
      [0.25, 0.5, 1, 1],
    ],
  ])('A recorded series is replayed at its recorded times: %s', (_name, samples, expected) => {
    expect(shares(seriesAt(samples))).toEqual(expected);
  });

  it('A recorded series names the repairs of irregular samples, and none of regular ones', () => {
    const named = (samples: readonly (readonly [number, number])[]) => replayedWorkload(seriesAt(samples), 99).name;
    expect(
      named([
        [0, 1],
        [5, 1],
      ]),
    ).toBe('recorded');
    expect(
      named([
        [0, 1],
        [15, 1],
        [15, 2],
      ]),
    ).toMatch(/2 ticks without a sample hold .* 1 ticks with several/);
  });

  it.each([
    [[5, -3], 'recorded", line 3: value must not be negative, because it is replayed as a load, but is -3'],
    [[5, -1e-300], 'line 3: value must not be negative'],
    [[5e8, 3], 'line 3: it spans more than 2000000 steps of 300 s'],
  ] as const)('A recorded series is refused with the line of the sample %j', (sample, fault) => {
    expect(() => replayedWorkload(seriesAt([[0, 1], sample, [5e8, 1]]), Number.POSITIVE_INFINITY)).toThrow(fault);
  });

  it('A recorded series may have a million samples', () => {
    const workload = replayedWorkload(seriesOf(Array.from({ length: 1_000_000 }, (_, n) => n % 7)), 1_000_000);
    expect(workload.ticks).toBe(1_000_000);
    expect(replayedWorkload(seriesOf(Array.from({ length: 150_000 }, () => 0)), 150_000).ticks).toBe(150_000);
  });

  it('A recorded series stays within the capacity of the cloud, whatever it holds', () => {
    const any = fc.array(fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(any, (values) => {
        const workload = replayedWorkload(seriesOf(values), 50);
        for (const { service, maxInstances, capacity } of catalogue) {
          for (const load of loads(workload, service)) {
            expect(load).toBeGreaterThanOrEqual(0);
            expect(load).toBeLessThanOrEqual(1.2 * maxInstances * capacity + 1e-6);
          }
        }
      }),
    );
  });
});
