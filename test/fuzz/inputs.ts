/** Inputs of a door from a seed: random bytes in its frames, and mutations of its examples. */
import fc from 'fast-check';
import { seededRandom } from '../../runtime/core/random.ts';
import type { Door } from './door.ts';
import { mutate, type Step, stepKinds } from './mutate.ts';

export interface FuzzInput {
  readonly kind: 'random' | 'mutation';
  readonly bytes: Buffer;
  /** Of these, random. */
  readonly randomBytes: number;
}

const part = (): fc.Arbitrary<number> => fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...stepKinds),
  at: part(),
  to: part(),
  piece: fc.nat(0xffff),
});
const steps = fc.array(step, { minLength: 1, maxLength: 4 });

/** Mostly short: faults at edges. Some are longer than any buffer in between. */
const lengths = fc.oneof(
  { weight: 4, arbitrary: fc.nat(32) },
  { weight: 4, arbitrary: fc.nat(1_024) },
  { weight: 2, arbitrary: fc.nat(8_192) },
  { weight: 1, arbitrary: fc.nat(65_536) },
);
const random = fc.record({ length: lengths, seed: fc.integer(), frame: fc.nat(), alphabet: fc.nat(2) });

export function mutationsOf({ examples }: Door, seed: number, count: number): readonly FuzzInput[] {
  const chosen = fc.record({ example: fc.nat(examples.length - 1), steps });
  return fc.sample(chosen, { seed, numRuns: count }).map(({ example, steps: some }) => {
    const bytes = mutate(examples[example] ?? Buffer.alloc(0), examples, some);
    return { kind: 'mutation', bytes, randomBytes: 0 };
  });
}

/** At least so many bytes. */
export function randomBytesOf({ frames }: Door, seed: number, bytes: number): readonly FuzzInput[] {
  const inputs: FuzzInput[] = [];
  let made = 0;
  for (let round = 0; made < bytes; round++) {
    for (const drawn of fc.sample(random, { seed: seed + round, numRuns: 8 })) {
      if (made >= bytes) break;
      const body = randomBytes(drawn.seed, Math.min(drawn.length, bytes - made), drawn.alphabet);
      const framed = frames[drawn.frame % frames.length]?.(body) ?? body;
      inputs.push({ kind: 'random', bytes: framed, randomBytes: body.length });
      made += body.length;
    }
  }
  return inputs;
}

/** 0: all bytes. 1: printable ASCII. 2: what structured texts consist of. */
function randomBytes(seed: number, length: number, alphabet: number): Buffer {
  const { bits32 } = seededRandom(seed);
  const signs = Buffer.from('{}[]()":,.\\/=<>!*\'-+eE0123456789 \r\n\tabnotrufls_', 'latin1');
  return Buffer.from(
    Array.from({ length }, () => {
      const bits = bits32();
      if (alphabet === 0) return bits & 0xff;
      return alphabet === 1 ? 0x20 + (bits % 95) : (signs[bits % signs.length] ?? 0);
    }),
  );
}
