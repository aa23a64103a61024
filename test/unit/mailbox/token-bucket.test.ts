import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BucketRule, fullBucket, takeTokens } from '../../../runtime/mailbox/token-bucket.ts';

const rule: BucketRule = { ratePerSecond: 10, burst: 5 };

it.each([
  ['takes what is there', 5, 0, 3, { tokens: 2, waitMs: 0 }],
  ['takes the last token', 1, 0, 1, { tokens: 0, waitMs: 0 }],
  ['waits for exactly what is missing', 0, 0, 1, { tokens: 0, waitMs: 100 }],
  ['waits for a part of a token', 0.5, 0, 1, { tokens: 0.5, waitMs: 50 }],
  ['grows with time', 0, 250, 2, { tokens: 0.5, waitMs: 0 }],
  ['never grows above its burst', 5, 60_000, 5, { tokens: 0, waitMs: 0 }],
  ['lets what is heavier than the bucket pass when it is full, and leaves a debt', 5, 0, 12, { tokens: -7, waitMs: 0 }],
  ['keeps what is heavier waiting until it is full', 4, 0, 12, { tokens: 4, waitMs: 100 }],
  ['pays a debt back first', -7, 0, 1, { tokens: -7, waitMs: 800 }],
  ['takes nothing for nothing', 2, 0, 0, { tokens: 2, waitMs: 0 }],
  ['does not shrink when the clock goes back', 2, -1_000, 1, { tokens: 1, waitMs: 0 }],
])('A token bucket takes tokens: %s', (_, tokens, elapsed, cost, wanted) => {
  const { state, waitMs } = takeTokens(rule, { tokens, at: 10_000 }, cost, 10_000 + elapsed);
  expect({ tokens: state.tokens, waitMs }).toEqual(wanted);
});

it('A token bucket starts full', () => {
  expect(fullBucket(rule, 42)).toEqual({ tokens: 5, at: 42 });
});

const rules = fc.record({
  ratePerSecond: fc.double({ min: 0.1, max: 5_000, noNaN: true }),
  burst: fc.double({ min: 1, max: 500, noNaN: true }),
});

it('A token bucket never lets more pass than its burst plus its rate times the time, over any interval', () => {
  const asked = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 400 }), cost: fc.constantFrom(0.5, 1, 1, 3) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(rules, asked, (given, requests) => {
      let [now, state] = [0, fullBucket(given, 0)];
      const passed: { readonly at: number; readonly cost: number }[] = [];
      for (const { afterMs, cost } of requests) {
        now += afterMs;
        const taken = takeTokens(given, state, Math.min(cost, given.burst), now);
        state = taken.state;
        if (taken.waitMs === 0) passed.push({ at: now, cost: Math.min(cost, given.burst) });
      }
      for (const [i, from] of passed.entries()) {
        let sum = 0;
        for (const { at, cost } of passed.slice(i)) {
          sum += cost;
          const allowed = given.burst + ((at - from.at) * given.ratePerSecond) / 1_000;
          expect(sum).toBeLessThanOrEqual(allowed + 1e-6);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('A token bucket has the tokens after exactly the wait that it named, and not one millisecond earlier', () => {
  const tokens = fc.double({ min: -50, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(rules, tokens, fc.integer({ min: 1, max: 20 }), (given, found, cost) => {
      const state = { tokens: found, at: 0 };
      const { waitMs } = takeTokens(given, state, cost, 0);
      expect(waitMs).toBeGreaterThan(0);
      expect(takeTokens(given, state, cost, waitMs + 1e-6).waitMs).toBe(0);
      if (waitMs > 1) expect(takeTokens(given, state, cost, waitMs - 1.001).waitMs).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
