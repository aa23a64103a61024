import { describe, expect, it } from 'vitest';
import { fromIso } from '../../../runtime/core/clock.ts';
import { checkDeadline, lifetimeMs, localDeadline, withLocalDeadline } from '../../../runtime/core/deadline.ts';
import { DeadlinePassedError } from '../../../runtime/core/intent-errors.ts';
import { sample } from './sample-intent.ts';

const timestamp = '2026-02-01T00:00:00Z';
const deadline = '2026-02-01T00:00:30Z';
const intent = { ...sample, timestamp, deadline };

it('An intent may wait for the time between its timestamp and its deadline', () => {
  expect(lifetimeMs(intent)).toBe(30_000);
  expect(lifetimeMs({ timestamp })).toBeUndefined();
  checkDeadline(intent, 29_999);
  checkDeadline(sample, Number.MAX_SAFE_INTEGER);
  expect(() => checkDeadline(intent, 30_000)).toThrow(DeadlinePassedError);
});

it.each([
  ['in another zone', '2026-02-01T02:00:00+02:00', deadline, 30_000],
  ['across a change of years', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', 1_000],
])('The time left does not depend on the time zone of the sender: %s', (_what, from, to, expected) => {
  expect(lifetimeMs({ timestamp: from, deadline: to })).toBe(expected);
});

it.each([
  ['the timestamp itself', timestamp],
  ['before it', '2026-01-31T23:00:00Z'],
])(
  'An intent with a deadline that is %s is refused, however fresh: it had passed when the intent was sent',
  (_what, passed) => {
    expect(() => checkDeadline({ timestamp, deadline: passed }, 0)).toThrow(DeadlinePassedError);
  },
);

describe('the deadline that a handler receives', () => {
  const sentAt = Date.parse(timestamp);

  it('A handler receives the deadline as it was sent, while the clocks agree', () => {
    expect(withLocalDeadline(intent, 5_000, sentAt + 5_900)).toBe(intent);
    expect(withLocalDeadline(sample, 5_000, 0)).toBe(sample);
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
    ['two seconds ahead', 2_000],
  ])("A handler receives a deadline by the receiver's clock when that is %s of the sender's", (_what, skew) => {
    const handed = withLocalDeadline(intent, 5_000, sentAt + 5_000 + skew);
    expect(handed).toEqual({ ...intent, deadline: new Date(Date.parse(deadline) + skew).toISOString() });
  });
});

describe('a deadline by the local clock', () => {
  const now = Date.parse('2026-05-05T05:05:05Z');

  it('A local deadline lies as far from now as it lay from its timestamp, less its age', () => {
    expect(localDeadline(intent, 0, now)).toBe('2026-05-05T05:05:35.000Z');
    expect(localDeadline(intent, 10_000, now)).toBe('2026-05-05T05:05:25.000Z');
    expect(localDeadline({ timestamp }, 0, now)).toBeUndefined();
  });

  it.each([
    ['the year 9999', '2020-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    ['8000 years after a clock that starts in 1970', '1970-01-01T00:00:00Z', '9970-01-01T00:00:00Z'],
  ])('A local deadline can be read again: %s', (_what, from, to) => {
    const timed = { ...sample, timestamp: from, deadline: to };
    for (const local of [localDeadline(timed, 0, now), withLocalDeadline(timed, 0, now).deadline]) {
      expect(fromIso(local ?? '')).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
    }
  });
});
