import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyText } from '../../../runtime/core/ids.ts';
import { storeKey } from '../../../runtime/memory/memory-keys.ts';

it('is one token of a NATS subject, and no longer than 128 characters, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(storeKey(text)).toMatch(/^[A-Za-z0-9_=-]{1,128}$/);
    }),
  );
});

it('is readable in the store, while it is short', () => {
  expect(storeKey('prod-api/p99')).toBe('prod-api_2fp99');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (text) => {
      const key = storeKey(text);
      expect(key.startsWith('=') ? text : keyText(key)).toBe(text);
    }),
  );
});

it('tells texts apart', () => {
  const long = 'x'.repeat(128);
  const texts = ['', '_', '=', '__', '_5f', '_f', '_ff', long, `${long}x`, `=${'0'.repeat(64)}`, storeKey(`${long}x`)];
  expect(new Set(texts.map(storeKey)).size).toBe(texts.length);
});
