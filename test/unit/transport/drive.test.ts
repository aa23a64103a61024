import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { driveFor, driveTo, driveUntil, SimulationStuckError } from '../../../runtime/transport/simulated/index.ts';
import { StoreRig } from './store-rig.ts';

const idle = (): { clock: ManualClock; pending: () => readonly string[] } => ({
  clock: new ManualClock(),
  pending: () => ['a letter'],
});

it('The driver runs what a timer made ready before the next timer, also when both are due at once', async () => {
  const driven = idle();
  const order: string[] = [];
  for (const name of ['a', 'b']) {
    driven.clock.after(5, () => {
      order.push(name);
      void Promise.resolve()
        .then(() => undefined)
        .then(() => order.push(`${name} after`));
    });
  }
  await driveUntil(driven, 'both', () => order.length === 4);
  expect(order).toEqual(['a', 'a after', 'b', 'b after']);
});

it('The driver settles like its promise', async () => {
  const driven = idle();
  const later = new Promise<string>((resolve) => driven.clock.after(1_000, () => resolve('done')));
  expect(await driveTo(driven, 'it', later)).toBe('done');
  const failing = new Promise<string>((_, reject) => driven.clock.after(1_000, () => reject(new Error('no'))));
  await expect(driveTo(driven, 'it', failing)).rejects.toThrow('no');
});

it('The driver moves time by exactly the given amount', async () => {
  const driven = idle();
  let fired = 0;
  driven.clock.after(10, () => driven.clock.after(10, () => fired++));
  driven.clock.after(21, () => fired++);
  await driveFor(driven, 20);
  expect([fired, driven.clock.monotonic(), driven.clock.pending]).toEqual([1, 20, 1]);
});

it('The driver names what it waited for and what is on its way when no timer is left', async () => {
  const error = await driveUntil(idle(), 'a miracle', () => false).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SimulationStuckError);
  expect(error).toMatchObject({ code: 'PARLEY_SIMULATION_STUCK', pending: ['a letter'] });
  expect(String(error)).toContain('waiting for a miracle: no timer is left; on its way: \n  a letter');
});

it('The driver names what is on its way when the deadline passes', async () => {
  const rig = await StoreRig.make({ latencyMinMs: 500, latencyMaxMs: 500 });
  const outcome = rig.publish(rig.lane('s'), 'm');
  const error = await driveTo(rig, 'the outcome', outcome, 100).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('waiting for the outcome: not within 100 ms; on its way: \n  publish m');
});
