/** UUID version 7 (RFC 9562 §5.7): ids that sort by creation time. */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/**
 * Creates a maker of ids from a clock and a random source. Within one millisecond the 12 bits of `rand_a` count up from a
 * random start (RFC 9562 §6.2, method 1). So the ids of one maker are strictly increasing, even when the clock goes back. Hot
 * path: writes digits to one buffer, because joining texts leaves one for each join.
 */
export function uuidv7Maker(clock: Clock, random: Random): () => string {
  const text = Buffer.from('00000000-0000-7000-8000-000000000000');
  let lastMs = -1;
  let counter = 0;
  return () => {
    const now = Math.floor(clock.now());
    if (now > lastMs) {
      lastMs = now;
      counter = random.bits32() & 0x7ff;
      writeTime(text, lastMs);
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
      writeTime(text, lastMs);
    }
    const high = random.bits32();
    const low = random.bits32();
    writeHex(text, 15, counter, 3);
    writeHex(text, 19, 0x8000 | ((high >>> 16) & 0x3fff), 4);
    writeHex(text, 24, high, 4);
    writeHex(text, 28, low, 8);
    return text.toString('latin1');
  };
}

function writeTime(text: Buffer, ms: number): void {
  writeHex(text, 0, Math.floor(ms / 0x10000), 8);
  writeHex(text, 9, ms % 0x10000, 4);
}

const digits = Buffer.from('0123456789abcdef');

/** Writes the last hexadecimal digits of a whole number of at most 32 bits. */
function writeHex(text: Buffer, at: number, value: number, count: number): void {
  for (let end = at + count - 1, rest = value; end >= at; end--, rest >>>= 4) text[end] = digits[rest & 15] as number;
}
