/** A flood of client names is one flood. */
import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { BoundedBucket, LocalBucket } from '../../../runtime/gateway/ingress-bucket.ts';

const rule = { ratePerSecond: 100, burst: 200 };
const total = { ratePerSecond: 1_000, burst: 2_000 };

it('All names together are admitted no faster than the shared bucket permits', () => {
  const clock = new ManualClock();
  const bucket = new BoundedBucket(clock, total, new LocalBucket(clock, rule));
  const taken = Array.from({ length: 3_000 }, (_, n) => bucket.take(`client/c${n}`)).filter((waitMs) => waitMs === 0);
  expect(taken).toHaveLength(2_000);
  clock.advance(1_000);
  const later = Array.from({ length: 3_000 }, (_, n) => bucket.take(`client/d${n}`)).filter((waitMs) => waitMs === 0);
  expect(later).toHaveLength(1_000);
});

it('Each name is still bounded by its own bucket', () => {
  const clock = new ManualClock();
  const bucket = new BoundedBucket(clock, total, new LocalBucket(clock, rule));
  const taken = Array.from({ length: 300 }, () => bucket.take('client/one')).filter((waitMs) => waitMs === 0);
  expect(taken).toHaveLength(200);
  expect(bucket.take('client/two')).toBe(0);
});
