/** Randomness as an argument. The only place that reads the machine's random source. */
import { randomFillSync } from 'node:crypto';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** 32 random bits, unsigned. */
  bits32(): number;
}

const pool = new Uint32Array(4096);
let used = pool.length;

function poolBits(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++] ?? 0;
}

/** The machine's cryptographic random source, read in blocks. */
export const systemRandom: Random = Object.freeze({
  next: () => poolBits() / 4294967296,
  bits32: poolBits,
});

/**
 * Creates a generator that gives the same numbers for the same seed: sfc32, seeded through splitmix32 (public-domain
 * generators). Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let mix = seed | 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  const bits32 = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 12; i++) bits32();
  return { bits32, next: () => bits32() / 4294967296 };
}

/** Draws a whole number in [0, below). */
export function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
