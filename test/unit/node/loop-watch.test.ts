import { expect, it } from 'vitest';
import { systemClock } from '../../../runtime/core/clock.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { LoopWatch } from '../../../runtime/node/loop-watch.ts';
import { LogRecorder } from '../../support/log-recorder.ts';

const intent = { intent_type: 'alert' } as Intent;

/** A watch on a clock whose loop can be blocked: time passes, and timers fire late. */
function open(oldest: () => { readonly agent: string; readonly ms: number } | undefined = () => undefined) {
  const clock = new ManualClock();
  let late = 0;
  const log = new LogRecorder();
  const watch = new LoopWatch(
    { now: () => clock.now(), monotonic: () => clock.monotonic() + late, after: (ms, run) => clock.after(ms, run) },
    log,
    oldest,
  );
  watch.start();
  const block = (ms: number): void => {
    late += ms;
    clock.advance(500);
  };
  return { watch, clock, log, block };
}

it('A loop that turns is not reported', () => {
  const { clock, log, block, watch } = open();
  clock.advance(10_000);
  block(900);
  watch.ended('worker', intent, 900);
  expect(log.records).toEqual([]);
});

it('A blocked loop is reported with the handling that ended in that time', () => {
  const { watch, log, block } = open();
  watch.ended('worker/a', intent, 2_400);
  watch.ended('worker/b', intent, 10);
  block(2_500);
  expect(log.records).toMatchObject([{ fields: { blockedMs: 2_500, suspects: ['worker/a (alert)'] } }]);
});

it('A blocked loop is reported with a handling that still runs since before', () => {
  const { log, block } = open(() => ({ agent: 'worker', ms: 4_000 }));
  block(3_000);
  expect(log.records).toMatchObject([{ fields: { suspects: ['worker'] } }]);
});

it('A blocked loop without a handling is reported as the doing of other code', () => {
  const { log, block } = open(() => ({ agent: 'worker', ms: 40 }));
  block(3_000);
  expect(log.texts).toEqual([expect.stringContaining('by no handling of an agent')]);
});

it('A long handling that blocked nothing is no suspect later', () => {
  const { watch, clock, log, block } = open();
  watch.ended('worker', intent, 5_000);
  clock.advance(500);
  block(3_000);
  expect(log.records).toMatchObject([{ fields: { suspects: [] } }]);
});

it('No timer is left after the watch stops', () => {
  const { watch, clock } = open();
  watch.stop();
  expect(clock.pending).toBe(0);
});

it('A busy loop of 1.2 seconds in this process is reported', async () => {
  const log = new LogRecorder();
  const watch = new LoopWatch(systemClock, log, () => undefined);
  watch.start();
  const until = systemClock.monotonic() + 1_700;
  while (systemClock.monotonic() < until);
  await new Promise((resolve) => systemClock.after(0, () => resolve(undefined)));
  watch.stop();
  expect(log.records).toHaveLength(1);
});
