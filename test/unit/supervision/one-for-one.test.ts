/** The strategy supervises anything: here children that are records of a list, with no runtime behind them. */
import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import type { Child, Supervisor } from '../../../runtime/core/supervision.ts';
import { OneForOneStrategy } from '../../../supervision/one-for-one.ts';

const rule = { intensity: 2, periodMs: 60_000, initialIntervalMs: 100, maxIntervalMs: 5_000 };

/** Records each verb with its arguments. */
class RecordingSupervisor implements Supervisor<Child> {
  readonly verbs: string[] = [];

  start({ id }: Child): void {
    this.verbs.push(`start ${id}`);
  }

  restart({ id }: Child, afterMs: number): void {
    this.verbs.push(`restart ${id} after ${afterMs}`);
  }

  pause({ id }: Child, restarts: number): void {
    this.verbs.push(`pause ${id} at ${restarts}`);
  }

  pauseLane({ id }: Child, origin: string, restarts: number): void {
    this.verbs.push(`pause lane ${origin} of ${id} at ${restarts}`);
  }

  resume(id: string): boolean {
    this.verbs.push(`resume ${id}`);
    return true;
  }
}

function open(given: Partial<Child> = {}) {
  const strategy = new OneForOneStrategy(new ManualClock(), { next: () => 1, bits32: () => 0xffff_ffff });
  const supervisor = new RecordingSupervisor();
  const fail = (cause: string, origin?: string, id = 'a'): void =>
    strategy.failed(supervisor, { id, rule, startsItself: false, ...given }, { id: cause, origin });
  return { strategy, verbs: supervisor.verbs, fail };
}

it('A failed child is restarted, at last paused', () => {
  const { verbs, fail } = open();
  for (const cause of ['first', 'second', 'third']) fail(cause);
  expect(verbs).toEqual(['restart a after 0', 'restart a after 100', 'pause a at 2']);
});

it('A child with timers of its own starts after each restart, but not while it is paused', () => {
  const { verbs, fail } = open({ startsItself: true });
  for (const cause of ['first', 'second', 'third']) fail(cause);
  expect(verbs).toEqual(['restart a after 0', 'start a', 'restart a after 100', 'start a', 'pause a at 2']);
});

it('A child that fails over one origin alone continues without the lane of that origin', () => {
  const { verbs, fail } = open({ startsItself: true });
  for (const cause of ['first', 'second', 'third']) fail(cause, 'lane');
  expect(verbs.slice(4)).toEqual(['pause lane lane of a at 2', 'start a']);
});

it('The failures of one child are not counted for another', () => {
  const { verbs, fail } = open();
  for (const id of ['a', 'b', 'c', 'd']) fail('first', undefined, id);
  expect(verbs).toEqual(['a', 'b', 'c', 'd'].map((id) => `restart ${id} after 0`));
});

it('A child whose restarts were reset has all of them again', () => {
  const { strategy, verbs, fail } = open();
  for (const cause of ['first', 'second', 'third']) fail(cause);
  strategy.resetRestarts('a');
  fail('fourth');
  expect(verbs.at(-1)).toBe('restart a after 0');
});
