/** The scenarios without a mesh: functions of their workload. */
import { expect, it } from 'vitest';
import { generatedWorkload } from '../../../../actors/cloud/load.ts';
import { autoscalerScenario } from '../../../../actors/scenarios/autoscaler.ts';
import { uncoordinatedScenario } from '../../../../actors/scenarios/uncoordinated.ts';

it('Three agents that act alone give the same result for the same seed, and fight each other', () => {
  const totals = uncoordinatedScenario(generatedWorkload(5, 300)).totals;
  expect(uncoordinatedScenario(generatedWorkload(5, 300)).totals).toEqual(totals);
  expect(totals.flips).toBeGreaterThan((5 * autoscalerScenario(generatedWorkload(5, 300)).totals.flips) / 2);
});

it('An autoscaler with a cool-down never removes capacity soon after it added some', () => {
  const cloud = autoscalerScenario(generatedWorkload(5, 500));
  for (const service of ['checkout', 'search']) {
    const changes = cloud.changes(service);
    for (const [place, { tick, from, to }] of changes.entries()) {
      const before = changes[place - 1];
      if (to < from && before !== undefined) expect(tick - before.tick).toBeGreaterThanOrEqual(12);
    }
  }
});

it('A scenario reports its progress after every tick', () => {
  const ticks: number[] = [];
  uncoordinatedScenario(generatedWorkload(1, 5), ({ tick }) => ticks.push(tick));
  expect(ticks).toEqual([1, 2, 3, 4, 5]);
});
