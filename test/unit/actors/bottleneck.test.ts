import { expect, it } from 'vitest';
import { findBottleneck, type Observation } from '../../../actors/performance_optimizer/bottleneck.ts';

const seen: Observation = {
  value: 200,
  expected: 100,
  noise: 2,
  trendPct: 0,
  highestBefore: 110,
  capacity: undefined,
};

it.each<[string, Partial<Observation>, string, string]>([
  ['saturation', { capacity: 210 }, '95.2 % of the capacity of 210 is in use', 'scale_out'],
  ['sustained_growth', { trendPct: 20 }, 'grown by 20 %', 'scale_out'],
  ['recurring_burst', { highestBefore: 250 }, 'it has carried 250 before', 'scale_out'],
  ['unprecedented_burst', {}, 'never more than 110', 'enable_rate_limiting'],
  ['unprecedented_burst', { highestBefore: undefined }, 'carried nothing before', 'enable_rate_limiting'],
  ['unprecedented_burst', { capacity: 1_000 }, 'never more than 110', 'enable_rate_limiting'],
])('The bottleneck is %s for %j', (bottleneck, change, evidence, remedy) => {
  const finding = findBottleneck({ ...seen, ...change });
  expect(finding.bottleneck).toBe(bottleneck);
  expect(finding.evidence.join('; ')).toContain(evidence);
  expect(finding.remedies[0]).toBe(remedy);
});

it('A bottleneck is the surer, the further the load is from its noise', () => {
  const confidences = [80, 40, 20, 5, 1, 0].map((noise) => findBottleneck({ ...seen, noise }).confidence);
  expect(confidences).toEqual([...confidences].sort((a, b) => a - b));
  expect(Math.min(...confidences)).toBeGreaterThanOrEqual(0.5);
  expect(Math.max(...confidences)).toBeLessThan(1);
});
