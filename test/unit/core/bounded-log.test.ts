import { expect, it } from 'vitest';
import { BoundedLog } from '../../../runtime/core/bounded-log.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';

function made(): { readonly clock: ManualClock; readonly lines: object[]; readonly log: BoundedLog } {
  const clock = new ManualClock();
  const lines: object[] = [];
  const log = new BoundedLog(clock, { ...silentLogger, warn: (fields) => void lines.push(fields) });
  return { clock, lines, log };
}

it('A bounded log writes the first lines of a period, and later the number of omitted ones', () => {
  const { clock, lines, log } = made();
  for (let n = 0; n < 1_000; n++) log.warn(() => ({ n }), 'again');
  expect(lines).toHaveLength(20);
  clock.advance(10_000);
  expect(lines.at(-1)).toEqual({ left_out: 980 });
  log.warn(() => ({ n: 1_000 }), 'again');
  expect([lines.at(-1), lines.length, clock.pending]).toEqual([{ n: 1_000 }, 22, 0]);
});

it('A bounded log builds no fields for an omitted line', () => {
  const { log } = made();
  let asked = 0;
  for (let n = 0; n < 1_000; n++) log.warn(() => ({ asked: ++asked }), 'again');
  expect(asked).toBe(20);
});

it('A bounded log writes the count when it is closed, and leaves no timer', () => {
  const { clock, lines, log } = made();
  log.leaveOut();
  log.leaveOut();
  log.close();
  log.leaveOut();
  expect([lines, clock.pending]).toEqual([[{ left_out: 2 }], 0]);
});

it('A bounded log writes every line when there are few', () => {
  const { clock, lines, log } = made();
  for (let n = 0; n < 100; n++) {
    log.warn(() => ({ n }), 'again');
    clock.advance(1_000);
  }
  expect([lines.length, clock.pending]).toEqual([100, 0]);
});
