import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Backoff, backoffMs } from '../../../runtime/core/backoff.ts';
import { ReasonLog } from '../../../runtime/core/reason-log.ts';

const rule = { initialIntervalMs: 100, maxIntervalMs: 5_000 };

it.each([
  [1, 1, 100],
  [2, 1, 200],
  [3, 0.5, 200],
  [6, 1, 3_200],
  [7, 1, 5_000],
  [10_000, 1, 5_000],
  [0, 1, 100],
  [5, 0, 1],
])('The backoff waits after %i failures in a row at random %f for %i ms', (failures, random, ms) => {
  expect(backoffMs(rule, failures, random)).toBe(ms);
});

it('The backoff never exceeds its longest wait, and always waits', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = backoffMs(rule, failures, random);
      return Number.isInteger(ms) && ms >= 1 && ms <= rule.maxIntervalMs;
    }),
  );
});

it('The backoff starts anew after a success', () => {
  const backoff = new Backoff({ next: () => 0.999_999, bits32: () => 0 }, rule);
  expect([backoff.nextMs(), backoff.nextMs(), backoff.nextMs()]).toEqual([100, 200, 400]);
  expect(backoff.failures).toBe(3);
  backoff.reset();
  expect(backoff.nextMs()).toBe(100);
});

it('A reason is new once until the operation works again', () => {
  const reasons = new ReasonLog();
  const heard = ['away', 'away', 'quota', 'away', 'quota'].map((reason) => reasons.isNew(reason));
  expect(heard).toEqual([true, false, true, false, false]);
  expect(reasons.recovered()).toBe(true);
  expect(reasons.recovered()).toBe(false);
  expect(reasons.isNew('away')).toBe(true);
});

it('The log of reasons remembers a bounded number', () => {
  const reasons = new ReasonLog();
  for (let i = 0; i < 1_000; i++) expect(reasons.isNew(`reason ${i}`)).toBe(true);
  expect(reasons.isNew('reason 999')).toBe(false);
  expect(reasons.isNew('reason 0')).toBe(true);
});
