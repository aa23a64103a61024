/**
 * Deadlines without agreeing clocks. The time that a sender grants is a difference of two readings of its own clock; the time
 * passed since is a difference of two readings of the store's. So no two clocks need to agree:
 *
 *   effective deadline, by the store's clock = stored at + (deadline - timestamp)
 */
import { fromIso, toIso } from './clock.ts';
import type { Intent } from './intent.ts';
import { DeadlinePassedError } from './intent-errors.ts';

type Timed = Pick<Intent, 'timestamp' | 'deadline'>;

/** Smaller clock differences do not justify replacing the sender's text. */
const agreeingMs = 1_000;

/**
 * Computes how long an intent may wait after it is stored, milliseconds; `undefined`: without limit. Zero or less means that
 * the deadline is not after the timestamp: it had passed when the intent was sent.
 */
export function lifetimeMs({ timestamp, deadline }: Timed): number | undefined {
  if (deadline === undefined) return undefined;
  const [from, to] = [fromIso(timestamp), fromIso(deadline)];
  return from === undefined || to === undefined ? 0 : to - from;
}

/**
 * Refuses an intent whose lifetime has ended.
 * @param ageMs time since it was stored; 0 at its sender
 * @throws DeadlinePassedError
 */
export function checkDeadline(intent: Timed, ageMs: number): void {
  const lifetime = lifetimeMs(intent);
  if (lifetime !== undefined && lifetime <= ageMs) throw new DeadlinePassedError(intent.deadline ?? '');
}

/** 9999-12-31T23:59:59.999Z: a later year has more than four digits, and `fromIso` does not read it back. */
const latestMs = 253_402_300_799_999;

/**
 * Computes the deadline by the clock that reads `now`; `undefined` without a deadline. @param ageMs time since the intent was
 * stored
 */
export function localDeadline(intent: Timed, ageMs: number, now: number): string | undefined {
  const lifetime = lifetimeMs(intent);
  return lifetime === undefined ? undefined : toIso(Math.min(now + lifetime - ageMs, latestMs));
}

/**
 * Returns the intent with its deadline by the receiver's clock, if the clocks disagree. So a handler may compare it with
 * `ctx.now()` and pass it on.
 * @param now the receiver's wall clock
 */
export function withLocalDeadline(intent: Intent, ageMs: number, now: number): Intent {
  const lifetime = lifetimeMs(intent);
  if (lifetime === undefined) return intent;
  const local = now + lifetime - ageMs;
  const said = fromIso(intent.deadline ?? '') ?? local;
  if (Math.abs(local - said) <= agreeingMs) return intent;
  return { ...intent, deadline: toIso(Math.min(local, latestMs)) };
}
