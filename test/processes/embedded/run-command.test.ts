import { expect, it } from 'vitest';
import { systemClock } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { failureText, runCommand } from '../../../runtime/embedded/run-command.ts';
import { until } from '../../support/jetstream-rig.ts';

const deadlineMs = 10_000;

it('A command returns its output and its exit', async () => {
  const ran = await runCommand(systemClock, '/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], { deadlineMs });
  expect(ran).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n', failure: undefined, missing: false });
  expect(failureText(ran)).toBe('err');
});

it('A missing program is reported', async () => {
  const ran = await runCommand(systemClock, '/nowhere/program', [], { deadlineMs });
  expect(ran).toMatchObject({ code: undefined, missing: true, failure: expect.stringContaining('ENOENT') });
});

it('A killed program is reported', async () => {
  const ran = await runCommand(systemClock, '/bin/sh', ['-c', 'kill -9 $$'], { deadlineMs });
  expect(ran).toMatchObject({ code: undefined, failure: 'ended by SIGKILL' });
});

it('A program is ended at its deadline, without waiting for its descendants', async () => {
  const clock = new ManualClock();
  let over = false;
  const running = runCommand(clock, '/bin/sh', ['-c', 'sleep 20 & echo started; wait'], { deadlineMs });
  void running.finally(() => {
    over = true;
  });
  await until('it runs', () => clock.pending === 1);
  clock.advance(deadlineMs - 1);
  expect(over).toBe(false);
  clock.advance(1);
  expect(await running).toMatchObject({ code: undefined, failure: 'gave up after 10 s' });
  expect(clock.pending).toBe(0);
});
