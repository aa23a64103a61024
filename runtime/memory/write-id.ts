/** Makes an id that distinguishes one write from every other, even of the same value. */
import type { Random } from '../core/random.ts';

/** Returns 16 hexadecimal digits. */
export function writeId(random: Random): string {
  const half = (): string => random.bits32().toString(16).padStart(8, '0');
  return half() + half();
}
