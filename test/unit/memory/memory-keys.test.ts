import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyText } from '../../../runtime/core/ids.ts';
import { storeKey } from '../../../runtime/memory/memory-keys.ts';

it('A store key is one token of a NATS subject, of at most 128 characters, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(storeKey(text)).toMatch(/^[A-Za-z0-9_=-]{1,128}$/);
    }),
  );
});

it('A store key of a short text is readable', () => {
  expect(storeKey('prod-api/p99')).toBe('prod-api_2fp99');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (text) => {
      const key = storeKey(text);
      expect(key.startsWith('=') ? text : keyText(key)).toBe(text);
    }),
  );
});

it('Store keys of different texts differ', () => {
  const long = 'x'.repeat(128);
  const texts = ['', '_', '=', '__', '_5f', '_f', '_ff', long, `${long}x`, `=${'0'.repeat(64)}`, storeKey(`${long}x`)];
  expect(new Set(texts.map(storeKey)).size).toBe(texts.length);
});
