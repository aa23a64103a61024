/** UUID version 7 (RFC 9562 §5.7): ids that sort by creation time. */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Creates a maker of ids from a clock and a random source. Within one millisecond the 12 bits of `rand_a` count up from a
 * random start (RFC 9562 §6.2, method 1). So the ids of one maker are strictly increasing, even when the clock goes back.
 */
export function uuidv7Maker(clock: Clock, random: Random): () => string {
  let lastMs = -1;
  let counter = 0;
  let prefix = '';
  return () => {
    const now = Math.floor(clock.now());
    if (now > lastMs) {
      lastMs = now;
      counter = random.bits32() & 0x7ff;
      prefix = timePrefix(lastMs);
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
      prefix = timePrefix(lastMs);
    }
    const high = random.bits32();
    const low = random.bits32();
    return (
      `${prefix}7${hex[counter >>> 8]?.[1]}${hex[counter & 0xff]}-` +
      `${hex[0x80 | ((high >>> 24) & 0x3f)]}${hex[(high >>> 16) & 0xff]}-` +
      `${hex[(high >>> 8) & 0xff]}${hex[high & 0xff]}` +
      `${hex[low >>> 24]}${hex[(low >>> 16) & 0xff]}${hex[(low >>> 8) & 0xff]}${hex[low & 0xff]}`
    );
  };
}

function timePrefix(ms: number): string {
  const text = ms.toString(16).padStart(12, '0');
  return `${text.slice(0, 8)}-${text.slice(8)}-`;
}
