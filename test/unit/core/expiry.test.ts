import { describe, expect, it } from 'vitest';
import { hasExpired, renewalMs } from '../../../runtime/core/expiry.ts';

const dayMs = 86_400_000;

describe('An entry', () => {
  it.each([
    ['is new', 30 * dayMs, 0, false],
    ['was renewed on the last day of its time', 30 * dayMs, 30 * dayMs, false],
    ['was not renewed for longer than its time', 30 * dayMs, 30 * dayMs + 1, true],
    ['names no time, as those of an earlier release', undefined, 3_650 * dayMs, false],
  ])('An entry that %s', (_what, expire_after_ms, ageMs, expired) => {
    const entry = expire_after_ms === undefined ? {} : { expire_after_ms };
    expect(hasExpired(entry, ageMs)).toBe(expired);
  });
});

it.each([
  ['a day, when entries expire after a month or later', 30 * dayMs, dayMs],
  ['a day, when entries expire after years', 3_650 * dayMs, dayMs],
  ['a thirtieth of a shorter time, so that a node may miss many renewals', 3_600_000, 120_000],
])('Nodes renew their entries every so often: %s', (_what, expireAfterMs, everyMs) => {
  expect(renewalMs(expireAfterMs)).toBe(everyMs);
});
