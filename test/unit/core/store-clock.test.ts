import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { StoreClock } from '../../../runtime/core/store-clock.ts';

const hour = 3_600_000;

/** A store whose clock is `ahead` of ours; each question takes `ms` there and back. */
class Bench {
  readonly clock = new ManualClock();
  readonly store = new StoreClock(this.clock);
  ahead = 0;

  sample(there: number, back = there): void {
    const askedAt = this.clock.monotonic();
    this.clock.advance(there);
    const time = this.now;
    this.clock.advance(back);
    this.store.observe(askedAt, this.clock.monotonic(), time);
  }

  get now(): number {
    return this.clock.now() + this.ahead;
  }
}

it('The store clock knows nothing before the first answer: nothing is old, and no clock is wrong', () => {
  const { store, clock } = new Bench();
  expect([store.ageOf(clock.now() - hour), store.skewMs]).toEqual([0, undefined]);
});

it.each([0, hour, -hour])(
  'The store clock gives the age of a message when the clock of the store is %d ms ahead',
  (ahead) => {
    const bench = new Bench();
    bench.ahead = ahead;
    bench.sample(1);
    const storedAt = bench.now;
    bench.clock.advance(30_000);
    expect(bench.store.ageOf(storedAt)).toBe(29_999);
  },
);

it('The store clock never overstates the age of a message, whatever the latency', () => {
  for (const [there, back] of [
    [0, 500],
    [500, 0],
    [250, 250],
  ] as const) {
    const bench = new Bench();
    bench.ahead = hour;
    bench.sample(there, back);
    const storedAt = bench.now;
    bench.clock.advance(10_000);
    expect(bench.store.ageOf(storedAt)).toBeLessThanOrEqual(10_000);
    expect(bench.store.ageOf(storedAt)).toBeGreaterThanOrEqual(9_500);
  }
});

it('The store clock trusts the quickest of the last answers', () => {
  const bench = new Bench();
  bench.sample(1);
  for (let n = 0; n < 7; n++) bench.sample(400, 0);
  const storedAt = bench.now;
  bench.clock.advance(1_000);
  expect(bench.store.ageOf(storedAt)).toBe(999);
});

it('The store clock follows a clock that is set, and another leading server', () => {
  const bench = new Bench();
  bench.sample(1);
  bench.ahead = hour;
  bench.sample(100);
  expect(Math.abs((bench.store.skewMs ?? 0) - hour)).toBeLessThanOrEqual(100);
});

it('The store clock forgets with the connection', () => {
  const bench = new Bench();
  bench.ahead = hour;
  bench.sample(1);
  bench.store.forget();
  expect([bench.store.skewMs, bench.store.ageOf(0)]).toEqual([undefined, 0]);
});

it('The store clock reports how far the clocks disagree, beyond what a slow answer explains', () => {
  const bench = new Bench();
  bench.ahead = -2_000;
  bench.sample(50);
  expect(bench.store.skewMs).toBe(-1_950);
  bench.store.forget();
  bench.ahead = 40;
  bench.sample(50);
  expect(bench.store.skewMs).toBe(0);
});

it('The store clock ignores an answer without a time', () => {
  const bench = new Bench();
  bench.store.observe(0, 1, Number.NaN);
  expect([bench.store.skewMs, bench.store.ageOf(Number.NaN)]).toEqual([undefined, 0]);
});
