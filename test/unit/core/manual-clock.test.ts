import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';

it('A manual clock moves only on request', () => {
  const clock = new ManualClock(1_000);
  expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
  clock.advance(250);
  expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
});

it('A manual clock fires in order of time, ties in order of creation, each at its own time', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  for (const [name, ms] of [
    ['b', 20],
    ['c', 20],
    ['a', 10],
    ['d', 30],
    ['never', 31],
  ] as const) {
    clock.after(ms, () => fired.push(`${name}@${clock.monotonic()}`));
  }
  clock.advance(30);
  expect(fired).toEqual(['a@10', 'b@20', 'c@20', 'd@30']);
  expect([clock.pending, clock.nextIn()]).toEqual([1, 1]);
});

it('A manual clock fires timers that a timer starts, when they become due within the same advance', () => {
  const clock = new ManualClock();
  const fired: number[] = [];
  clock.after(10, () => {
    fired.push(clock.monotonic());
    clock.after(0, () => fired.push(clock.monotonic()));
    clock.after(5, () => fired.push(clock.monotonic()));
    clock.after(50, () => fired.push(clock.monotonic()));
  });
  clock.advance(20);
  expect(fired).toEqual([10, 10, 15]);
});

it('A manual clock takes a negative delay as zero', () => {
  const clock = new ManualClock();
  let at = -1;
  clock.after(-5, () => {
    at = clock.monotonic();
  });
  clock.advance(0);
  expect(at).toBe(0);
});

it('A manual clock does not fire a cancelled timer, and accepts a second cancel', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  const cancelled = clock.after(10, () => fired.push('cancelled'));
  const kept = clock.after(20, () => fired.push('kept'));
  cancelled.cancel();
  cancelled.cancel();
  expect([clock.pending, clock.nextIn()]).toEqual([1, 20]);
  clock.advance(20);
  kept.cancel();
  expect([fired, clock.pending, clock.nextIn()]).toEqual([['kept'], 0, undefined]);
});

it('A manual clock steps from one timer to the next', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  for (const name of ['a', 'b']) clock.after(10, () => fired.push(name));
  expect([clock.step(), fired.join(), clock.monotonic()]).toEqual([true, 'a', 10]);
  expect([clock.step(), fired.join(), clock.monotonic()]).toEqual([true, 'a,b', 10]);
  expect(clock.step()).toBe(false);
});

it('A manual clock continues after a timer that throws', () => {
  const clock = new ManualClock();
  let fired = false;
  clock.after(1, () => {
    throw new Error('boom');
  });
  clock.after(2, () => {
    fired = true;
  });
  expect(() => clock.advance(5)).toThrow('boom');
  clock.advance(5);
  expect([fired, clock.pending]).toEqual([true, 0]);
});

it('A manual clock fires as a sorted list would, whatever is started and cancelled', () => {
  const command = fc.record({ ms: fc.nat(50), cancel: fc.option(fc.nat(300), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(command, { minLength: 100, maxLength: 300 }), (commands) => {
      const clock = new ManualClock();
      const fired: number[] = [];
      const cancelled = new Set<number>();
      const timers = commands.map(({ ms }, i) => clock.after(ms, () => fired.push(i)));
      for (const { cancel } of commands) {
        if (cancel === undefined || timers[cancel] === undefined) continue;
        timers[cancel].cancel();
        cancelled.add(cancel);
      }
      expect(clock.pending).toBe(commands.length - cancelled.size);
      clock.advance(50);
      const expected = commands
        .map(({ ms }, i) => ({ ms, i }))
        .filter(({ i }) => !cancelled.has(i))
        .sort((a, b) => a.ms - b.ms || a.i - b.i)
        .map(({ i }) => i);
      expect(fired).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

it('A manual clock holds a hundred thousand timers, most of them cancelled, without scanning them', () => {
  const clock = new ManualClock();
  let fired = 0;
  for (let i = 0; i < 100_000; i++) {
    const timer = clock.after(1_000 + ((i * 7_919) % 1_000), () => fired++);
    if (i % 10 !== 0) timer.cancel();
  }
  expect(clock.pending).toBe(10_000);
  clock.advance(2_000);
  expect([fired, clock.pending]).toEqual([10_000, 0]);
});
