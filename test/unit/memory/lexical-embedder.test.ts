import fc from 'fast-check';
import { expect, it } from 'vitest';
import { embedLexically, lexicalEmbedder } from '../../../runtime/memory/lexical-embedder.ts';
import { VectorTable } from '../../../runtime/memory/vector-table.ts';
import { knowledgeExample } from '../../integration/memory/knowledge-example.ts';

const cosine = (a: string, b: string): number => {
  const other = embedLexically(b);
  return embedLexically(a).reduce((sum, value, n) => sum + value * (other[n] ?? 0), 0);
};

it('The embedder gives unit vectors of one size, the same for the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const vector = embedLexically(text);
      expect(vector).toHaveLength(lexicalEmbedder.dimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect(embedLexically(text)).toEqual(vector);
    }),
  );
});

it('The embedder puts similar wordings near each other, and others far away', () => {
  expect(cosine('cost spikes in the gateway', 'a cost spike in gateways')).toBeGreaterThan(0.8);
  expect(cosine('scaling the database', 'Database, scaled!')).toBeGreaterThan(0.5);
  expect(cosine('cost spike in the gateway', 'a cat sat on the mat')).toBeLessThan(0.2);
});

it('The embedder gives no weight to stop words', () => {
  expect(cosine('the gateway is it', 'gateway')).toBeCloseTo(1, 5);
});

it('The embedder weighs a frequent word more, but not in proportion', () => {
  const once = cosine('cost gateway', 'cost');
  expect(cosine('cost cost cost gateway', 'cost')).toBeGreaterThan(once);
  expect(cosine(`${'cost '.repeat(50)} gateway`, 'gateway')).toBeGreaterThan(0.1);
});

it('The embedder reads letters of any width and case, and any script', () => {
  expect(cosine('ＣＯＳＴ', 'cost')).toBeCloseTo(1, 5);
  expect(cosine('стоимость выросла', 'СТОИМОСТЬ упала')).toBeGreaterThan(0.3);
});

it('The embedder finds a document by half of its words', () => {
  const table = new VectorTable();
  for (const { document } of knowledgeExample) table.set(document, embedLexically(document));
  for (const { document } of knowledgeExample) {
    const words = document.split(' ').filter((_, n) => n % 2 === 0);
    expect(table.nearest(embedLexically(words.join(' ')), 1)[0]?.id).toBe(document);
  }
});

it('The embedder finds by other words only documents that share some with the question: two of ten', () => {
  const table = new VectorTable();
  for (const { document } of knowledgeExample) table.set(document, embedLexically(document));
  const right = knowledgeExample.filter(
    ({ question, document }) => table.nearest(embedLexically(question), 1)[0]?.id === document,
  );
  expect(right).toHaveLength(2);
});
