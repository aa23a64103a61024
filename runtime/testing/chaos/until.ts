/** Polls a condition that has no event, up to a deadline that names it. */
import { type Clock, sleep } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';

/** The condition did not become true in time. */
export class ChaosTimeoutError extends ParleyError {
  constructor(what: string, ms: number) {
    super('PARLEY_CHAOS_TIMEOUT', `${what} did not happen within ${ms / 1_000} s`);
  }
}

const pauseMs = 100;

/** Resolves to the first answer other than `undefined`. @throws ChaosTimeoutError */
export async function until<T>(
  clock: Clock,
  what: string,
  ms: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = clock.monotonic() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (clock.monotonic() >= end) throw new ChaosTimeoutError(what, ms);
    await sleep(clock, pauseMs);
  }
}
