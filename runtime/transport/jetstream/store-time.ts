/**
 * Reads the time at which the store took a message, in milliseconds since 1970. A delivery has nanoseconds, a read has RFC 3339:
 * both become the same number, so that they can be compared for equality.
 */
import { fromIso } from '../../core/clock.ts';

/** @param nanoseconds since 1970, decimal */
export const storeTimeOf = (nanoseconds: string): number => Number(nanoseconds) / 1e6;

const form = /^(.+?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** @returns `NaN`, which equals no time, for an invalid text */
export function readStoreTime(text: string): number {
  const [, seconds, fraction = '', zone] = form.exec(text) ?? [];
  const ms = fromIso(`${seconds}${zone}`);
  return ms === undefined ? Number.NaN : storeTimeOf(`${ms / 1000}${fraction.padEnd(9, '0')}`);
}
