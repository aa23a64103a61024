/** Control characters are shown, and never written to a terminal. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printableLine, printableText } from '../../../runtime/core/printable.ts';

it.each([
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a bell and a backspace', '\u0007\b', '\\u0007\\u0008'],
  ['text that is turned round', 'a\u202eb', 'a\\u202eb'],
  ['a line of its own', 'a\r\nb\tc', 'a b c'],
  ['letters of any script', 'naïve 東京 🦜', 'naïve 東京 🦜'],
])('A text is made printable: %s', (_what, text, shown) => {
  expect(printableLine(text)).toBe(shown);
});

it('A printable text keeps line breaks and tabs, and no other control character', () => {
  expect(printableText('a\tb\nc\r\u001b')).toBe('a\tb\nc\\u000d\\u001b');
});

it('A printable JSON text has the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(JSON.parse(printableLine(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
