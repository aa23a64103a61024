import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Demand, type Prices, planFor } from '../../../actors/capacity_planner/plan.ts';

const prices: Prices = { instance: 70, reservedShare: 0.6, investigation: 50 };
const demand: Demand = {
  value: 200,
  expected: 100,
  resources: 2,
  bottleneck: 'saturation',
  confidence: 0.9,
  options: ['scale_out', 'enable_rate_limiting'],
  budget: 500,
};

it('scales a saturated service out so far that an instance has headroom again', () => {
  const { chosen } = planFor(demand, prices);
  expect(chosen).toMatchObject({ action: 'scale_out', parameters: { factor: 2.5, instances: 3 }, estimatedCost: 210 });
});

it('limits the rate of a burst that was never seen before', () => {
  const options = ['enable_rate_limiting', 'scale_out'] as const;
  const { chosen } = planFor({ ...demand, bottleneck: 'unprecedented_burst', options }, prices);
  expect(chosen).toMatchObject({ action: 'enable_rate_limiting', parameters: { threshold: 120 }, estimatedCost: 0 });
});

it('prefers what can be paid, and says what could not', () => {
  const { chosen, rationale } = planFor({ ...demand, budget: 100 }, prices);
  expect(chosen).toMatchObject({ action: 'enable_rate_limiting', withinBudget: true });
  expect(rationale).toContain('1 of the others would exceed it');
});

it('binds nobody for a year where scaling out can be paid', () => {
  const options = ['scale_out', 'reserve_capacity'] as const;
  const plan = planFor({ ...demand, bottleneck: 'sustained_growth', options }, prices);
  expect(plan.chosen.action).toBe('scale_out');
  expect(plan.alternatives.map((other) => other.action)).toContain('reserve_capacity');
});

it('has an answer for every demand: the best first, finite, and one within any budget', () => {
  const action = fc.constantFrom('scale_out', 'enable_rate_limiting', 'reserve_capacity' as const);
  const amount = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  const any: fc.Arbitrary<Demand> = fc.record({
    value: amount,
    expected: amount,
    resources: fc.integer({ min: 1, max: 1_000 }),
    bottleneck: fc.constantFrom('saturation', 'unprecedented_burst', 'anything'),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    options: fc.uniqueArray(action, { minLength: 1 }),
    budget: fc.double({ min: 0, max: 1e6, noNaN: true }),
  });
  fc.assert(
    fc.property(any, (given) => {
      const { chosen, alternatives } = planFor(given, prices);
      const numbers = alternatives.flatMap((other) => [
        other.score,
        other.estimatedCost,
        ...Object.values(other.parameters),
      ]);
      return chosen === alternatives[0] && chosen.withinBudget && numbers.every(Number.isFinite);
    }),
    { numRuns: 200 },
  );
});
