import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { TimerSet } from '../../../runtime/core/timer-set.ts';

it('A timer set fires its timers, at the latest after an hour', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  const timers = new TimerSet(clock);
  timers.after(10, () => fired.push('soon'));
  timers.after(Number.POSITIVE_INFINITY, () => fired.push('late'));
  clock.advance(3_599_999);
  expect(fired).toEqual(['soon']);
  clock.advance(1);
  expect([fired, clock.pending]).toEqual([['soon', 'late'], 0]);
});

it('A stopped timer set leaves no timer, and starts none after that', () => {
  const clock = new ManualClock();
  const timers = new TimerSet(clock);
  timers.after(10, () => expect.unreachable());
  timers.stop();
  timers.after(10, () => expect.unreachable());
  expect(clock.pending).toBe(0);
});
