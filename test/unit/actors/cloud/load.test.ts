/** Loads: the same for the same seed, and any recorded series within what the cloud can carry. */
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

const loads = (workload: Workload, service: string): readonly number[] =>
  Array.from({ length: workload.ticks }, (_, tick) => workload.at(service, tick).legitimate);

describe('a generated load', () => {
  it('is a function of its seed', () => {
    expect(loads(generatedWorkload(7, 300), 'search')).toEqual(loads(generatedWorkload(7, 300), 'search'));
    expect(loads(generatedWorkload(7, 300), 'search')).not.toEqual(loads(generatedWorkload(8, 300), 'search'));
  });

  it('begins the same however long it is', () => {
    expect(loads(generatedWorkload(7, 400), 'search').slice(0, 100)).toEqual(
      loads(generatedWorkload(7, 100), 'search'),
    );
  });

  it('has days, rushes and attacks', () => {
    const workload = generatedWorkload(3, 2_000);
    const bots = Array.from({ length: 2_000 }, (_, tick) => workload.at('checkout', tick).bots);
    const usual = loads(workload, 'checkout');
    expect(bots.filter((load) => load > 0).length).toBeGreaterThan(10);
    expect(Math.max(...usual) / Math.min(...usual)).toBeGreaterThan(1.5);
  });
});

describe('a recorded series', () => {
  it('is scaled to each service, whatever its unit', () => {
    const percent = replayedWorkload(seriesOf([1, 2, 3, 4]), 4);
    const bytes = replayedWorkload(seriesOf([1e9, 2e9, 3e9, 4e9]), 4);
    expect(loads(percent, 'api_gateway')).toEqual(loads(bytes, 'api_gateway'));
    expect(loads(percent, 'api_gateway')).not.toEqual(loads(percent, 'checkout'));
  });

  it('is replayed from its beginning, for as many ticks as asked for or as it has', () => {
    const series = seriesOf(Array.from({ length: 10 }, (_, n) => n + 1));
    expect([replayedWorkload(series, 4).ticks, replayedWorkload(series, 99).ticks]).toEqual([4, 10]);
    expect(replayedWorkload(series, 4).startAt).toBe(1_000_000);
  });

  it('stays within what the cloud can be asked to carry, whatever it holds', () => {
    const any = fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 1, maxLength: 50 });
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
