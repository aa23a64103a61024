/** JSON that people write: read as it stands, or refused with line and column. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonTextError, parseExactly, parseJsonText } from '../../../runtime/core/json-text.ts';

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

it('The parser reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      fc.pre(!/\\ud[89a-f]/.test(text) && !text.includes('"__proto__"'));
      expect(parseJsonText(text)).toStrictEqual(JSON.parse(text));
      expect(parseExactly(Buffer.from(text))).toStrictEqual(JSON.parse(text));
    }),
  );
});

it('The parser refuses what JSON.parse refuses', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+- \\untrfals\n\u0001') });
  fc.assert(
    fc.property(texts, (text) => {
      const refused = (() => {
        try {
          JSON.parse(text);
          return false;
        } catch {
          return true;
        }
      })();
      if (refused) expect(() => parseJsonText(text)).toThrow(JsonTextError);
    }),
    { numRuns: 2_000 },
  );
});

describe('the parser, on valid JSON', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['a byte order mark', Buffer.from('\uFEFF{"a":1}'), { a: 1 }],
    ['the largest whole numbers', Buffer.from('[9007199254740991,-9007199254740992]'), [2 ** 53 - 1, -(2 ** 53)]],
    ['a large number that is kept exactly', Buffer.from('10000000000000000'), 1e16],
    ['-0', Buffer.from('-0'), -0],
    ['a large number as this language writes it', Buffer.from('36219309180419930'), Number('36219309180419930')],
    ['a fraction with many digits', Buffer.from('0.1234567890123456789'), Number('0.1234567890123456789')],
    ['a whole number with a fraction of zeros', Buffer.from('[1.00,9007199254740992.0,1e0]'), [1, 2 ** 53, 1]],
    [
      'exponents that leave a whole number',
      Buffer.from('[1.5e1,90071992547409.92e2,1e22,20e-1]'),
      [15, 2 ** 53, 1e22, 2],
    ],
    ['the nearest as this language writes it, in another spelling', Buffer.from('[1.0E+23,0.1e24]'), [1e23, 1e23]],
    ['zeros with any exponent', Buffer.from('[0e999999999,0.0,-0e-999]'), [0, 0, -0]],
    ['long texts of digits', Buffer.from('"12345678901234567890"'), '12345678901234567890'],
  ])('The parser accepts %s', (_name, bytes, value) => {
    expect(parseJsonText(bytes)).toStrictEqual(value);
    expect(parseExactly(bytes)).toStrictEqual(value);
  });

  it('The parser accepts a text of a million characters, and an array of a million numbers', () => {
    const text = JSON.stringify({
      text: `\\"é${'x'.repeat(1_000_000)}`,
      list: Array.from({ length: 1_000_000 }, () => 1),
    });
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });
});

describe('the parser, on invalid JSON', () => {
  it.each([
    ['{\n  "a": 9007199254740993\n}', 'line 2, column 8: the number at .a cannot be kept exactly'],
    ['{"a":[1,\n123456789012345678901]}', 'line 2, column 1: the number at .a[1] cannot be kept exactly'],
    ['-9007199254740993', 'line 1, column 1: the number cannot be kept exactly'],
    ['9007199254740993.0', 'the number cannot be kept exactly'],
    ['9007199254740993e0', 'the number cannot be kept exactly'],
    ['900719925474099.3e1', 'the number cannot be kept exactly'],
    ['-90071992547409930E-1', 'the number cannot be kept exactly'],
    ['0.000009007199254740993e21', 'the number cannot be kept exactly'],
    ['9007199254740993000e-0003', 'the number cannot be kept exactly'],
    ['123456789.01234567891e11', 'the number cannot be kept exactly'],
    ['1.00000000000000000001e20', 'the number cannot be kept exactly'],
    ['[1e400]', 'line 1, column 2: the number at [0] cannot be kept exactly'],
    ['[1e-400]', 'line 1, column 2: the number at [0] cannot be kept exactly'],
    ['{"a":1,\n "b":2,\n "a":3}', 'line 3, column 2: key "a" comes twice in one object'],
    ['{"__proto__":{}}', 'line 1, column 2: key "__proto__" is not allowed'],
    ['{"a":"\\ud800"}', 'line 1, column 6: a text has half a character'],
    ['{"a":1,}', 'a key in double quotes is expected'],
    ["{'a':1}", 'a key in double quotes is expected'],
    ['{"a":tru}', 'line 1, column 6: a value is expected'],
    ['[1 2]', '"," or "]" is expected'],
    ['{"a":1} x', 'there is more after the end of the document'],
    ['', 'it ends too early'],
    ['[1', '"," or "]" is expected'],
    ['"abc', 'does not end'],
    ['[01]', '"," or "]" is expected'],
    ['[NaN]', 'a value is expected'],
    ['['.repeat(1_000), 'nested more than 200 deep'],
  ])('The parser refuses with line and column: %j', (text, fault) => {
    expect(() => parseJsonText(text)).toThrow(fault);
  });

  it('The parser quotes nothing of the text but faulty keys', () => {
    for (const text of ['{"token":"s3cret",}', '{"token":s3cret}', '{"token":"s3cret', '["s3cret" "s3cret"]']) {
      expect(() => parseJsonText(text)).toThrow(JsonTextError);
      expect(() => parseJsonText(text)).not.toThrow(/s3cret/);
    }
  });

  it.each<[string, Uint8Array]>([
    ['UTF-16 with a mark', utf16('{"a":1}')],
    ['UTF-16 without', utf16('{"a":1}').subarray(2)],
    ['big-endian UTF-16', Buffer.from(utf16('{"a":1}')).swap16()],
  ])('The parser refuses with line and column: %s', (_name, bytes) => {
    expect(() => parseJsonText(bytes)).toThrow('it is UTF-16: save it as UTF-8');
  });

  it('The parser refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonText(Uint8Array.from([0x22, 0xe9, 0x22]))).toThrow('bytes that are not UTF-8');
  });
});

describe('the parser, on common input', () => {
  it('The parser keeps what JSON.parse keeps: the last of equal keys, lone surrogates, any key', () => {
    const text = '{"n":"1234567890123456","a":1,"a":2,"b":"\\ud800","__proto__":{"c":1}}';
    expect(parseExactly(Buffer.from(text))).toStrictEqual(JSON.parse(text));
  });

  it.each([
    '9007199254740993',
    '9007199254740993.0',
    '9007199254740993e0',
    '900719925474099.3e1',
    '90071992547409930e-1',
    '9.007199254740993E+15',
    '0.9007199254740993e16',
    '9007199254740993000e-0003',
    '0.000009007199254740993e21',
    '1e309',
    '123e9999',
    '1e-400',
    '0.1e-0330',
  ])('The parser refuses a number that it would change: %s', (token) => {
    expect(() => parseExactly(Buffer.from(`{"context":{"id":${token}}}`))).toThrow(
      'the number at .context.id cannot be kept exactly',
    );
  });
});

describe('the parser, on endless text', () => {
  it.each([
    ['37 characters', 'n'.repeat(37)],
    ['a million characters', 'n'.repeat(1_000_000)],
    ['a million escapes', '\\\\'.repeat(500_000)],
    ['escaped quotes alone', '\\"'.repeat(500_000)],
    ['an escape at its end', `${'n'.repeat(100)}\\`],
  ])('The parser refuses an endless text, whatever its length: %s', (_what, text) => {
    const document = `{"number":1234567890123456,"text":"${text}`;
    expect(() => parseJsonText(document)).toThrow(/a text in double quotes does not end/);
    expect(() => parseExactly(Buffer.from(document))).toThrow(/a text in double quotes does not end/);
  });
});
