import { describe, expect, it } from 'vitest';
import { Latencies, medianSummary } from '../../../bench/measure/latencies.ts';

function latenciesOf(samples: readonly number[]): Latencies {
  const latencies = new Latencies(samples.length + 10);
  for (const sample of samples) latencies.add(sample);
  return latencies;
}

describe('latencies', () => {
  it('Latencies are summarised exactly, whatever their order', () => {
    const descending = Array.from({ length: 1000 }, (_, i) => 1000 - i);
    expect(latenciesOf(descending).summary()).toEqual({ samples: 1000, p50: 500, p99: 990, p999: 999, max: 1000 });
  });

  it('Latencies do not count unused capacity', () => {
    expect(latenciesOf([5, 5, 5]).summary()).toMatchObject({ samples: 3, p50: 5, max: 5 });
  });

  it('Latencies of several rounds are the median of each figure', () => {
    const rounds = [
      [1, 9],
      [2, 7],
      [3, 8],
    ].map((samples) => latenciesOf(samples).summary());
    expect(medianSummary(rounds)).toMatchObject({ samples: 2, p50: 2, p99: 8, max: 8 });
  });
});
