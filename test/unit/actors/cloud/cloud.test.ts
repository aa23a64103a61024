/** The simulated cloud: time, money, latency, and an act that comes twice. */
import { describe, expect, it } from 'vitest';
import { catalogue, ticksPerHour } from '../../../../actors/cloud/catalogue.ts';
import { Cloud, type ServiceReading } from '../../../../actors/cloud/cloud.ts';
import type { LoadSample, Workload } from '../../../../actors/cloud/load.ts';

const flat = (load: Partial<LoadSample> = {}): Workload => ({
  name: 'flat',
  startAt: 0,
  ticks: 100,
  at: () => ({ legitimate: 100, bots: 0, ...load }),
});

const of = (readings: readonly ServiceReading[], service: string): ServiceReading => {
  const found = readings.find((reading) => reading.service === service);
  if (found === undefined) throw new Error(`no reading of ${service}`);
  return found;
};

const scale = (service: string, instances: number) => ({ action: 'scale', service, instances }) as const;

describe('the cloud', () => {
  it('The cloud advances by five minutes', () => {
    const cloud = new Cloud(flat());
    expect([cloud.tick, cloud.now]).toEqual([0, 0]);
    expect(of(cloud.step(), 'checkout')).toMatchObject({ tick: 0, at: 0, load: 100 });
    expect([cloud.tick, cloud.now]).toEqual([1, 300_000]);
  });

  it('A new instance serves a tick after its start, and costs from its start', () => {
    const cloud = new Cloud(flat());
    const before = of(cloud.step(), 'checkout');
    cloud.apply('k', scale('checkout', before.instances + 2));
    const booting = of(cloud.step(), 'checkout');
    expect([booting.instances - before.instances, booting.ready - before.ready]).toEqual([2, 0]);
    expect(booting.cost).toBeGreaterThan(before.cost);
    expect(of(cloud.step(), 'checkout').ready).toBe(before.ready + 2);
  });

  it('The cloud bills each started hour', () => {
    const [kept, churned] = [new Cloud(flat()), new Cloud(flat())];
    for (const cloud of [kept, churned]) cloud.step();
    churned.apply('up', scale('checkout', 10));
    churned.step();
    churned.apply('down', scale('checkout', 5));
    kept.step();
    const started = 10 - 5;
    const price = catalogue.find(({ service }) => service === 'checkout')?.price ?? 0;
    expect(churned.totals.cost_usd - kept.totals.cost_usd).toBeCloseTo(started * price, 1);
  });

  it('A service is slower the busier it is, and violates its SLA when it is too busy', () => {
    const calm = of(new Cloud(flat()).step(), 'search');
    const cloud = new Cloud(flat({ legitimate: 1_000 }));
    cloud.apply('k', scale('search', 17));
    for (let n = 0; n < 2; n++) cloud.step();
    const busy = of(cloud.step(), 'search');
    expect(busy.latencyMs).toBeGreaterThan(calm.latencyMs);
    expect([calm.violated, busy.violated]).toEqual([false, true]);
    expect(cloud.totals.sla_violations).toBeGreaterThan(0);
  });

  it('The cloud counts changes of direction', () => {
    const cloud = new Cloud(flat());
    for (const [place, instances] of [6, 8, 7, 7, 9].entries()) cloud.apply(`k${place}`, scale('checkout', instances));
    expect(cloud.totals.flips).toBe(2);
    expect(cloud.changes('checkout').map(({ to, flip }) => [to, flip])).toEqual([
      [6, false],
      [8, false],
      [7, true],
      [9, true],
    ]);
  });

  it('The cloud applies an act once for each key', () => {
    const cloud = new Cloud(flat());
    expect(cloud.apply('k', scale('checkout', 8))).toBe(true);
    cloud.apply('other', scale('checkout', 6));
    expect(cloud.apply('k', scale('checkout', 8))).toBe(false);
    expect(of(cloud.step(), 'checkout').instances).toBe(6);
    const before = cloud.totals.cost_usd;
    for (let n = 0; n < 3; n++) cloud.apply('look', { action: 'diagnose', service: 'checkout', cost: 2 });
    expect(cloud.totals.cost_usd - before).toBeCloseTo(2);
  });

  it('A rate limit stops bots, and few customers with them', () => {
    const cloud = new Cloud(flat({ bots: 300 }));
    const open = of(cloud.step(), 'checkout');
    cloud.apply('k', { action: 'limit_rate', service: 'checkout', on: true });
    const limited = of(cloud.step(), 'checkout');
    expect(open).toMatchObject({ load: 400, limited: false });
    expect(limited.load).toBeCloseTo(98 + 15);
    expect(limited.sourceConcentration).toBe(open.sourceConcentration);
    expect(open.sourceConcentration).toBeGreaterThan(0.7);
  });

  it('A contract is paid whether it is used or not', () => {
    const cloud = new Cloud(flat());
    const before = of(cloud.step(), 'checkout');
    cloud.apply('k', { action: 'reserve', service: 'checkout', instances: before.instances + 10 });
    const after = of(cloud.step(), 'checkout');
    const price = catalogue.find(({ service }) => service === 'checkout')?.price ?? 0;
    expect(after.cost).toBeCloseTo(((before.instances + 10) * 0.85 * price) / ticksPerHour);
  });

  it('The cloud refuses an unknown service and an impossible size, and keeps the key free', () => {
    const cloud = new Cloud(flat());
    expect(() => cloud.apply('k', scale('billing', 1))).toThrow('no service "billing"');
    for (const instances of [0, 1.5, 1_000, Number.NaN]) {
      expect(() => cloud.apply('k', scale('checkout', instances))).toThrow('checkout can have 2 to 20 instances');
    }
    expect(cloud.apply('k', scale('checkout', 8))).toBe(true);
  });
});
