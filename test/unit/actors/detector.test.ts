import { describe, expect, it } from 'vitest';
import { spikeOf } from '../../../actors/cost_monitor/spike.ts';
import { detectAll, spikesIn } from './detect-all.ts';
import { planted, seriesOf } from './series-maker.ts';

const flat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

describe('a spike', () => {
  it.each([1, 2, 3, 12, 36, 47, 48, 49, 100, 200])('A spike of %i samples is one spike', (width) => {
    expect(spikesIn(planted([{ gap: 40, width, height: 1 }]))).toBe(1);
  });

  it("A spike of the article's 47 % on a quiet series counts, with its percentage", () => {
    const { started } = detectAll(planted([{ gap: 40, width: 6, height: 0.47 }]));
    expect(started).toHaveLength(1);
    const spike = started[0] && spikeOf(started[0]);
    expect(spike).toMatchObject({
      value: 147,
      expected: 100,
      increasePct: 47,
      severity: 'minor',
      timeWindow: 'last_3_hours',
    });
  });

  it('A spike that is separated from the next by a few calm samples is another one', () => {
    expect(
      spikesIn(
        planted([
          { gap: 40, width: 5, height: 1 },
          { gap: 3, width: 5, height: 1 },
        ]),
      ),
    ).toBe(2);
  });

  it('A spike with a dip of one sample in it is one spike', () => {
    expect(
      spikesIn(
        planted([
          { gap: 40, width: 5, height: 1 },
          { gap: 1, width: 5, height: 1 },
        ]),
      ),
    ).toBe(1);
  });

  it('A spike right after the warm-up is found', () => {
    expect(spikesIn(planted([{ gap: 6, width: 2, height: 1 }], { noise: 0.02 }))).toBe(1);
  });

  it('A spike at the very end of the series is found', () => {
    expect(spikesIn(planted([{ gap: 40, width: 1, height: 1 }], { rest: 0 }))).toBe(1);
  });

  it('A spike out of zero is one spike, with the largest percentage', () => {
    const { started } = detectAll(seriesOf([...flat(0, 40), 5, 5, ...flat(0, 40), 3, ...flat(0, 10)]));
    expect(started).toHaveLength(2);
    expect(started[0] && spikeOf(started[0])).toMatchObject({ increasePct: 10_000, severity: 'critical' });
  });

  it('A spike on a series of negative numbers is one spike', () => {
    expect(spikesIn(seriesOf([...flat(-100, 40), -20, ...flat(-100, 40)]))).toBe(1);
  });

  it('A spike ends with its peak', () => {
    const { ended } = detectAll(seriesOf([...flat(10, 40), 20, 35, 30, ...flat(10, 10)]));
    expect(ended).toMatchObject([{ peak: 35, adopted: false }]);
  });
});

describe('a lasting level', () => {
  it('A lasting level is adopted after a bounded number of samples, and spikes on it count', () => {
    const { started, ended } = detectAll(seriesOf([...flat(10, 60), ...flat(30, 100), 60, 60, ...flat(30, 60)]));
    expect(ended[0]).toMatchObject({ adopted: true });
    expect(started.map(({ sample }) => sample.value)).toEqual([30, 60]);
  });

  it('A lasting level ends without another spike', () => {
    expect(spikesIn(seriesOf([...flat(10, 60), ...flat(30, 100), ...flat(10, 100)]))).toBe(1);
  });
});

describe('changes that are not spikes', () => {
  it.each([0, 1e-9, 1, 42.5, 1e12])('A constant %d has no spike', (value) => {
    expect(spikesIn(seriesOf(flat(value, 500)))).toBe(0);
  });

  it.each([1, 5, 20, 60])('A drop for %i samples is no spike, nor is the return from it', (width) => {
    expect(spikesIn(seriesOf([...flat(100, 60), ...flat(20, width), ...flat(100, 100)]))).toBe(0);
  });

  it('A rise of a quarter is no spike', () => {
    expect(spikesIn(planted([{ gap: 40, width: 5, height: 0.25 }]))).toBe(0);
  });

  it('A steady growth is no spike', () => {
    expect(spikesIn(seriesOf(Array.from({ length: 1_000 }, (_, i) => 10 + i)))).toBe(0);
  });

  it('A series shorter than the warm-up has no spike, whatever it does', () => {
    expect(spikesIn(seriesOf([1, 100, 1, 50]))).toBe(0);
  });
});

describe('hourly bursts', () => {
  const hour = (peak: number): number[] => [...flat(10, 10), peak, peak];
  const hours = (count: number, peak: number): number[] => Array.from({ length: count }, () => hour(peak)).flat();

  it('Hourly bursts are no news after ten', () => {
    expect(spikesIn(seriesOf([...flat(10, 40), ...hours(30, 50)]))).toBe(10);
  });

  it('Hourly bursts do not hide one that is far higher', () => {
    expect(spikesIn(seriesOf([...flat(10, 40), ...hours(30, 50), ...hour(90), ...hours(3, 50)]))).toBe(11);
  });

  it('Hourly bursts do not hide one that is far longer', () => {
    const long = [...flat(10, 10), ...flat(50, 8)];
    expect(spikesIn(seriesOf([...flat(10, 40), ...hours(30, 50), ...long, ...hours(3, 50)]))).toBe(11);
  });

  it('Hourly bursts are news again after a quiet day', () => {
    expect(spikesIn(seriesOf([...flat(10, 40), ...hours(30, 50), ...flat(10, 288), ...hour(50)]))).toBe(11);
  });
});

it('The detector is a function: the same state and sample give the same answer, and the given state is not changed', () => {
  const samples = planted([{ gap: 40, width: 5, height: 2 }], { noise: 0.03 });
  const { state } = detectAll(samples.slice(0, 42));
  const before = structuredClone(state);
  expect(detectAll(samples)).toEqual(detectAll(samples));
  expect(state).toEqual(before);
});
