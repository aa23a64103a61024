import { expect, it } from 'vitest';
import { fromIso, sleep, sleepUnlessAborted, systemClock, toIso } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';

const noon = Date.UTC(2026, 0, 31, 12);

it.each([
  ['2026-01-31T12:00:00Z', noon],
  ['2026-01-31T12:00:00.000Z', noon],
  ['2026-01-31T12:00:00.123456789Z', noon + 123],
  ['2026-01-31T12:00Z', noon],
  ['2026-01-31T13:30:00+01:30', noon],
  ['2026-01-31T13:30:00+0130', noon],
  ['2026-01-31 12:00:00Z', noon],
  ['2026-01-31T12:00:00', noon],
  ['2026-01-31 12:00', noon],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
])('fromIso reads %s, in UTC when it names no zone', (text, ms) => {
  expect(fromIso(text)).toBe(ms);
});

it.each([
  '',
  'now',
  '2026-01-31',
  '2026-13-01T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2024-02-30T00:00:00Z',
  '2026-04-31T00:00:00+02:00',
  '2026-01-31T25:00:00Z',
  '2026-01-31T12:60:00Z',
  '2026-01-31T12:00:00+99:99',
  '2026-01-31T12:00:00 Z',
  ' 2026-01-31T12:00:00Z',
  '2026-01-31T12:00:00Z\n',
  '1769860800000',
  'Sat, 31 Jan 2026 12:00:00 GMT',
])('fromIso does not read %j', (text) => {
  expect(fromIso(text)).toBeUndefined();
});

it('toIso writes what fromIso reads', () => {
  expect(toIso(noon)).toBe('2026-01-31T12:00:00.000Z');
  for (const ms of [0, 1, noon + 7, 4_102_444_799_999]) expect(fromIso(toIso(ms))).toBe(ms);
});

it('A sleep lasts as long as requested', async () => {
  const clock = new ManualClock();
  let woke = false;
  const sleeping = sleep(clock, 100).then(() => {
    woke = true;
  });
  clock.advance(99);
  await Promise.resolve();
  expect(woke).toBe(false);
  clock.advance(1);
  await sleeping;
  expect(woke).toBe(true);
});

it('An aborted sleep ends with the reason of its signal, and leaves no timer', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const sleeping = sleep(clock, 100, stop.signal);
  stop.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(sleep(clock, 100, stop.signal)).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});

it('A sleep ends without an error when its caller checks the signal itself', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const sleeping = sleepUnlessAborted(clock, 100, stop.signal);
  stop.abort(new Error('enough'));
  await expect(sleeping).resolves.toBeUndefined();
  await expect(sleepUnlessAborted(clock, 100, stop.signal)).resolves.toBeUndefined();
  expect(clock.pending).toBe(0);
});

it('The system clock reads the machine: a wall clock, a clock that never goes back, and timers that can be cancelled', async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  const before = systemClock.monotonic();
  let cancelled = true;
  systemClock
    .after(0, () => {
      cancelled = false;
    })
    .cancel();
  await new Promise<void>((resolve) => systemClock.after(1, resolve));
  expect(systemClock.monotonic()).toBeGreaterThan(before);
  expect(cancelled).toBe(true);
});
