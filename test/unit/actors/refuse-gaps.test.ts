import { expect, it } from 'vitest';
import { refuseGaps } from '../../../actors/metrics/refuse-gaps.ts';
import { irregularitiesOf } from '../../../actors/metrics/series.ts';

const seriesAt = (...minutes: readonly number[]) => {
  const samples = minutes.map((minute, n) => ({ at: minute * 60_000, value: 1, line: n + 2 }));
  return { name: 'load.csv', samples, irregularities: irregularitiesOf(samples) };
};

it.each([[[0, 5, 10, 15]], [[0, 60, 120]], [[0, 5, 5, 10]], [[0]]])(
  'A series without missing samples is taken: %j',
  (minutes) => {
    expect(() => refuseGaps(seriesAt(...minutes))).not.toThrow();
  },
);

it('A series with a gap is refused with the line after the longest one', () => {
  expect(() => refuseGaps(seriesAt(0, 5, 10, 20, 25, 90, 95))).toThrow(
    'metrics file "load.csv", line 7: samples are missing at 2 places, here at most: nothing for 65 minutes before it',
  );
});
