/** Drives a simulation: fires one timer after another, runs all ready promises in between. */
import { ParleyError } from '../../core/errors.ts';
import type { ManualClock } from '../../core/manual-clock.ts';

/** The driven parts: a clock, with the messages in transit for the error text. */
export interface Driven {
  readonly clock: ManualClock;
  pending(): readonly string[];
}

const shown = 20;

export class SimulationStuckError extends ParleyError {
  /** Messages in transit. */
  readonly pending: readonly string[];

  constructor(what: string, reason: string, pending: readonly string[]) {
    const list = pending.slice(0, shown).map((item) => `\n  ${item}`);
    const more = pending.length > shown ? `\n  and ${pending.length - shown} more` : '';
    super(
      'PARLEY_SIMULATION_STUCK',
      `waiting for ${what}: ${reason}; on its way: ${list.join('') || 'nothing'}${more}`,
    );
    this.pending = pending;
  }
}

/** Resolves when every promise that is ready has run. Reads no time and starts no timer. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Drives until `condition` holds.
 * @param deadlineMs simulated milliseconds
 * @throws SimulationStuckError when they have passed, or no timer is left
 */
export async function driveUntil(
  driven: Driven,
  what: string,
  condition: () => boolean,
  deadlineMs: number = 60_000,
): Promise<void> {
  const { clock } = driven;
  const until = clock.monotonic() + deadlineMs;
  for (;;) {
    await turn();
    if (condition()) return;
    const next = clock.nextIn();
    if (next === undefined) throw new SimulationStuckError(what, 'no timer is left', driven.pending());
    if (clock.monotonic() + next > until) {
      throw new SimulationStuckError(what, `not within ${deadlineMs} ms`, driven.pending());
    }
    clock.step();
  }
}

/** Drives until `promise` is settled, and settles like it. */
export async function driveTo<T>(driven: Driven, what: string, promise: Promise<T>, deadlineMs?: number): Promise<T> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  promise.then(done, done);
  await driveUntil(driven, what, () => settled, deadlineMs);
  return promise;
}

/** Drives for so many simulated milliseconds. */
export async function driveFor(driven: Driven, ms: number): Promise<void> {
  const { clock } = driven;
  const until = clock.monotonic() + ms;
  for (;;) {
    await turn();
    const next = clock.nextIn();
    if (next === undefined || clock.monotonic() + next > until) break;
    clock.step();
  }
  clock.advance(until - clock.monotonic());
  await turn();
}
