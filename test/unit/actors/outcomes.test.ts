import { expect, it } from 'vitest';
import type { ServiceReading } from '../../../actors/cloud/cloud.ts';
import { judge, type OpenOutcome } from '../../../actors/resource/outcomes.ts';

const reading = (given: Partial<ServiceReading> = {}): ServiceReading => ({
  service: 'checkout',
  tick: 20,
  at: 6_000_000,
  load: 600,
  sourceConcentration: 0.7,
  instances: 6,
  ready: 6,
  reserved: 0,
  limited: false,
  utilization: 1,
  latencyMs: 900,
  violated: true,
  cost: 0.25,
  ...given,
});

const open = (action: string, expected: OpenOutcome['expected']): OpenOutcome => ({
  traceId: 't',
  episodeId: undefined,
  action,
  expected,
  before: reading(),
  dueTick: 23,
});

it.each([
  [0.72, 0.17, false],
  [0.72, 0.98, false],
  [0.72, 0.5, true],
  [0.72, 0.95, true],
])('A utilisation expected at %f that came at %f is as expected: %s', (wanted, came, asExpected) => {
  const { success, text } = judge(open('scale_up', { utilization: wanted }), reading({ utilization: came }), []);
  expect(success).toBe(asExpected);
  expect(text).toBe(
    asExpected ? 'as expected' : `other than expected: utilization ${came * 100} % instead of ${wanted * 100} %`,
  );
});

it('A limiter is judged by the load that arrives, and not by the size that another act changed', () => {
  const now = reading({ load: 90, instances: 26, utilization: 0.13, violated: false });
  const { actual, success, text } = judge(open('limit_rate', { load_falls: true, violated: false }), now, [
    'scale_up to 26 instances',
  ]);
  expect(success).toBe(true);
  expect(actual).toEqual({
    load_before: 600,
    load: 90,
    load_falls: true,
    violated: false,
    meanwhile: ['scale_up to 26 instances'],
  });
  expect(text).toBe('as expected; meanwhile scale_up to 26 instances');
});

it('A contract is judged by what is reserved', () => {
  const { actual } = judge(open('reserve_instances', { reserved: 4 }), reading({ reserved: 4 }), []);
  expect(actual).toMatchObject({ reserved: 4, cost_per_hour: 3 });
});
