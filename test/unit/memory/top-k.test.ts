import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopK } from '../../../runtime/memory/top-k.ts';

it('The top k are the first of all in sorted order', () => {
  const offers = fc.uniqueArray(fc.record({ id: fc.string(), score: fc.integer({ min: -3, max: 3 }) }), {
    selector: ({ id }) => id,
  });
  fc.assert(
    fc.property(offers, fc.integer({ min: 0, max: 20 }), (all, count) => {
      const best = new TopK(count);
      for (const { id, score } of all) best.offer(id, score);
      const sorted = [...all].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
      expect(best.all).toEqual(sorted.slice(0, count));
    }),
  );
});
