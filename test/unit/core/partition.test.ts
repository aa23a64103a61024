import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fnv1a32, partitionOf } from '../../../runtime/core/partition.ts';

it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('The hash of %j is that of the published vectors', (text, hash) => {
  expect(fnv1a32(text)).toBe(hash);
});

/** The definition, over bytes, in whole numbers. */
function reference(text: string): number {
  let hash = 0x811c9dc5n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
}

it('The hash covers the UTF-8 bytes of any text', () => {
  for (const text of ['ñ', 'a☃', '🦜b', 'resource/prod-api-gateway-01']) expect(fnv1a32(text)).toBe(reference(text));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(fnv1a32(text)).toBe(reference(text));
    }),
  );
});

it('Groups spread evenly over all partitions', () => {
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 16_000; i++) {
    const p = partitionOf(`resource/${i}`, 16);
    counts[p] = (counts[p] ?? 0) + 1;
  }
  expect(counts).toHaveLength(16);
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  expect(partitionOf('anything', 1)).toBe(0);
});
