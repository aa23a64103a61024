import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { type Random, seededRandom } from '../../../runtime/core/random.ts';
import { uuidv7Maker } from '../../../runtime/core/uuid.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

it('A UUID has the version and variant of RFC 9562, and the time in its first 48 bits', () => {
  const clock = new ManualClock();
  const next = uuidv7Maker(clock, seededRandom(1));
  for (let i = 0; i < 1_000; i++) {
    const id = next();
    expect(id).toMatch(form);
    expect(timeOf(id)).toBe(clock.now());
    clock.advance(1);
  }
});

it.each([0, 0xffffffff])('A UUID keeps version and variant when every random bit is %j', (bits) => {
  const fixed: Random = { bits32: () => bits, next: () => 0 };
  expect(uuidv7Maker(new ManualClock(), fixed)()).toMatch(form);
});

it('A UUID has its form at the start of the epoch, too', () => {
  const next = uuidv7Maker(new ManualClock(0), seededRandom(1));
  expect(next()).toMatch(/^00000000-0000-7/);
  expect(next()).toMatch(form);
});

it('UUIDs increase strictly within one millisecond, also past the 4,096 that the counter holds', () => {
  const next = uuidv7Maker(new ManualClock(), seededRandom(2));
  let last = '';
  for (let i = 0; i < 10_000; i++) {
    const id = next();
    expect(id > last).toBe(true);
    expect(id).toMatch(form);
    last = id;
  }
});

it('UUIDs increase strictly when the clock goes back', () => {
  let now = 1_700_000_000_000;
  const clock = {
    ...new ManualClock(),
    now: () => now,
    monotonic: () => 0,
    after: () => ({ cancel: () => undefined }),
  };
  const next = uuidv7Maker(clock, seededRandom(3));
  let last = next();
  for (const step of [5, -1_000, 0, 0, 999, -60_000, 59_000, 3_000]) {
    now += step;
    const id = next();
    expect(id > last).toBe(true);
    last = id;
  }
});

it('UUIDs differ between makers on one clock', () => {
  const clock = new ManualClock();
  const ids = Array.from({ length: 100 }, (_, seed) => uuidv7Maker(clock, seededRandom(seed))());
  expect(new Set(ids).size).toBe(100);
});

it('A UUID has its form on a clock with parts of a millisecond', () => {
  const clock = new ManualClock();
  clock.advance(0.4);
  expect(uuidv7Maker(clock, seededRandom(1))()).toMatch(form);
});
