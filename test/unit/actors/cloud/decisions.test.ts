/** The decisions of agents from their view: the same functions in every scenario. */
import { describe, expect, it } from 'vitest';
import { decideReservation } from '../../../../actors/capacity_planner/decide.ts';
import { forecastOf } from '../../../../actors/capacity_planner/forecast.ts';
import type { ServiceReading } from '../../../../actors/cloud/cloud.ts';
import { affordable, monthlyCost } from '../../../../actors/cloud/money.ts';
import { type ServiceView, Views, viewOf } from '../../../../actors/cloud/view.ts';
import { decideSaving } from '../../../../actors/cost_monitor/decide.ts';
import { decideSpeed, isOver } from '../../../../actors/performance_optimizer/decide.ts';

/** Readings of `checkout` (40 requests a second for each instance). */
function readings(
  ...list: readonly { readonly load: number; readonly instances: number }[]
): readonly ServiceReading[] {
  return list.map(({ load, instances }, tick) => {
    const utilization = Math.min(1, load / (instances * 40));
    const latencyMs = 60 / (1 - Math.min(0.985, utilization));
    return {
      service: 'checkout',
      tick,
      at: tick * 300_000,
      load,
      sourceConcentration: 0.08,
      instances,
      ready: instances,
      reserved: 0,
      limited: false,
      utilization,
      latencyMs,
      violated: latencyMs > 250,
      cost: 1,
    };
  });
}

const steady = (load: number, instances: number, count = 3): ServiceView =>
  viewOf(readings(...Array.from({ length: count }, () => ({ load, instances }))));

describe('a view', () => {
  it('A view counts changes of direction, and the age of the current size', () => {
    const sizes = [4, 6, 5, 5, 7, 7].map((instances) => ({ load: 100, instances }));
    expect(viewOf(readings(...sizes))).toMatchObject({ flips: 2, settledFor: 2 });
  });

  it('A view takes a repeated reading once', () => {
    const views = new Views();
    const [first, second] = readings({ load: 1, instances: 4 }, { load: 2, instances: 4 });
    for (const reading of [first, second, second, first]) if (reading !== undefined) views.add(reading);
    expect(views.of('checkout').readings).toHaveLength(2);
  });

  it('A view is refused for a service that was never observed', () => {
    expect(() => new Views().of('checkout')).toThrow('no readings');
  });
});

describe('the cost monitor', () => {
  it('The cost monitor removes idle capacity, down to a good utilization', () => {
    expect(decideSaving(steady(100, 10))).toMatchObject({ instances: 4 });
    expect(decideSaving(steady(250, 10))).toBeUndefined();
  });

  it('The cost monitor waits until a change has settled, and respects the needs of others', () => {
    expect(decideSaving(viewOf(readings({ load: 100, instances: 4 }, { load: 100, instances: 10 })))).toBeUndefined();
  });
});

describe('the performance optimizer', () => {
  it('The performance optimizer aims at comfort without knowledge, and plans for the peak with it', () => {
    const view = steady(300, 10);
    expect(decideSpeed(view)).toMatchObject({ instances: 18 });
    const forecast = { peak: 320, low: 200, horizonTicks: 24, passing: false, confidence: 0.8 };
    expect(decideSpeed(view, forecast)).toMatchObject({ instances: 13 });
    // what will be over before anything could be done is left alone
    expect(decideSpeed(view, { ...forecast, peak: 200, passing: true })).toBeUndefined();
  });

  it('The performance optimizer gives back a grant when half would have sufficed for an hour, and will', () => {
    const calmFor = (calm: number): ServiceView =>
      viewOf(
        readings(
          ...Array.from({ length: 5 }, () => ({ load: 600, instances: 20 })),
          ...Array.from({ length: calm }, () => ({ load: 60, instances: 20 })),
        ),
      );
    const calm = { peak: 80, low: 60, horizonTicks: 24, passing: false, confidence: 0.8 };
    expect([isOver(calmFor(11), calm), isOver(calmFor(12), calm)]).toEqual([false, true]);
    expect(isOver(calmFor(12), { ...calm, peak: 300 })).toBe(false);
  });

  it('The performance optimizer does not wait while the SLA is at stake', () => {
    const busy = viewOf(readings({ load: 300, instances: 8 }, { load: 300, instances: 9 }));
    expect(decideSpeed(busy)).toBeDefined();
    expect(decideSpeed(steady(200, 10))).toBeUndefined();
  });

  it('The performance optimizer fights the cost monitor when neither knows more than it sees', () => {
    const saved = decideSaving(steady(100, 10))?.instances ?? 0;
    const faster = decideSpeed(steady(100, saved))?.instances ?? 0;
    expect(faster).toBeGreaterThan(saved);
    expect(decideSaving(steady(100, faster))).toBeDefined();
  });
});

describe('the capacity planner', () => {
  it('The capacity planner answers churn with contracts for the highest use', () => {
    const churn = Array.from({ length: 24 }, (_, n) => ({ load: 100, instances: n % 2 === 0 ? 4 : 9 }));
    const view = viewOf(readings(...churn));
    expect(decideReservation(view, view.flips)).toMatchObject({ instances: 9 });
    expect(decideReservation(steady(100, 4, 30), 0)).toBeUndefined();
  });

  it('The capacity planner expects a rise to continue for a while, and a calm load to stay', () => {
    const rising = viewOf(readings(...Array.from({ length: 12 }, (_, n) => ({ load: 100 + 10 * n, instances: 9 }))));
    expect(forecastOf(rising).peak).toBeGreaterThan(210);
    const calm = forecastOf(steady(100, 4, 20));
    expect([calm.peak, calm.low, calm.confidence]).toEqual([100, 100, 0.95]);
  });

  it('The capacity planner remembers yesterday', () => {
    const day = Array.from({ length: 288 }, (_, n) => ({ load: n < 24 ? 400 : 100, instances: 12 }));
    expect(forecastOf(viewOf(readings(...day))).peak).toBe(400);
  });
});

describe('the affordable size', () => {
  it('The affordable size is within the budget, to the instance', () => {
    const spec = steady(100, 4).spec;
    const one = monthlyCost(spec, 1);
    for (const budget of [0, one - 1, one, one + 1, 3 * one, 6_000]) {
      const instances = affordable(spec, budget);
      expect(monthlyCost(spec, instances) < budget || instances === 0).toBe(true);
      expect(monthlyCost(spec, instances + 1)).toBeGreaterThanOrEqual(budget);
    }
  });
});
