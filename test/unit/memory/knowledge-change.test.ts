import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeChange, documentId, encodeChange, foldChanges } from '../../../runtime/memory/knowledge-change.ts';

const store = (text: string, n = 0) => ({ kind: 'store' as const, id: documentId(text), text, metadata: { n } });
const invalidate = (text: string) => ({ kind: 'invalidate' as const, id: documentId(text), reason: 'old' });

it('A change is read as it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeChange(encodeChange(store(text)))).toEqual(store(text));
    }),
  );
  expect(decodeChange(encodeChange(invalidate('x')))).toEqual(invalidate('x'));
});

it('A change has the id of its text, whatever the record says', () => {
  const record = Buffer.from(JSON.stringify({ v: 1, ...store('x'), id: documentId('y') }));
  expect(decodeChange(record)).toMatchObject({ id: documentId('x') });
});

it('The newest of many changes of a document counts', () => {
  const changes = [store('a', 1), store('b', 1), invalidate('a'), store('b', 2), invalidate('c'), store('c', 1)];
  const found = foldChanges(changes.map((change, n) => ({ seq: n + 1, change })));
  expect(found.get(documentId('a'))).toBeUndefined();
  expect(found.get(documentId('b'))).toMatchObject({ metadata: { n: 2 }, version: 4 });
  expect(found.get(documentId('c'))).toMatchObject({ metadata: { n: 1 }, version: 6 });
  expect(found.size).toBe(3);
});
