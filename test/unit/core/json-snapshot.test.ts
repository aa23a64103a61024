/** A snapshot carries JSON exactly, or refuses it with the path of the fault. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../runtime/core/canonical-json.ts';
import { NotJsonError, snapshotJson } from '../../../runtime/core/json-snapshot.ts';

const circle: Record<string, unknown> = {};
circle.self = { again: [circle] };
let reads = 0;
const changing = {
  get count() {
    return reads++;
  },
};
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const labelled = Object.assign([1, 2], { label: 'two' });
const hidden = Object.defineProperty({}, 'secret', { value: 1, enumerable: false });

describe('a snapshot', () => {
  it.each<[string, unknown, string]>([
    ['NaN', { a: Number.NaN }, 'v.a'],
    ['Infinity', { a: [1, Number.NEGATIVE_INFINITY] }, 'v.a[1]'],
    ['undefined in a list', { a: [undefined] }, 'v.a[0]'],
    ['a hole in a list', { a: new Array(3) }, 'v.a[0]'],
    ['undefined itself', undefined, 'v'],
    ['a function', { a: () => 1 }, 'v.a'],
    ['a symbol', { a: Symbol('s') }, 'v.a'],
    ['a key that is a symbol', { [Symbol('s')]: 1 }, 'v'],
    ['a BigInt', { a: { b: 1n } }, 'v.a.b'],
    ['a Date', { a: new Date(0) }, 'v.a'],
    ['a Map', { a: new Map([['b', 1]]) }, 'v.a'],
    ['a boxed number', { a: Object(3) as unknown }, 'v.a'],
    ['a list of a class', { a: new (class Numbers extends Array {})() }, 'v.a'],
    ['a list with a property', { a: labelled }, 'v.a'],
    ['bytes', { a: Buffer.from('x') }, 'v.a'],
    ['a getter', changing, 'v.count'],
    ['a getter in a list', { a: Object.defineProperty([1], 0, { get: () => 2, enumerable: true }) }, 'v.a[0]'],
    ['a hidden property', { a: hidden }, 'v.a.secret'],
    ['a value that holds itself', circle, 'v.self.again[0]'],
    ['what is nested too deep', { a: deep(40) }, `v.a${'[0]'.repeat(31)}`],
    ['the key __proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'v.a.__proto__'],
    ['half of a surrogate pair', { a: 'x\ud800' }, 'v.a'],
    ['a key with half of a surrogate pair', { 'x\udc00': 1 }, 'v["x\\udc00"]'],
    ['the character U+0000', { a: 'a\0b' }, 'v.a'],
  ])('A snapshot refuses %s', (_what, value, path) => {
    expect(() => snapshotJson(value, 'v')).toThrow(NotJsonError);
    expect(() => snapshotJson(value, 'v')).toThrow(expect.objectContaining({ path, retryable: false }) as Error);
  });

  it('A snapshot calls no getter', () => {
    expect(reads).toBe(0);
  });

  it('A snapshot reads every part of a changing value once', () => {
    let looks = 0;
    const moody = new Proxy(
      { count: 0 },
      {
        getOwnPropertyDescriptor: (target, key) => {
          looks += 1;
          return { ...Reflect.getOwnPropertyDescriptor(target, key), value: looks } as PropertyDescriptor;
        },
      },
    );
    expect(snapshotJson(moody, 'v')).toEqual({ count: 1 });
  });

  it('A snapshot omits undefined properties, and writes -0 as 0', () => {
    const copy = snapshotJson({ a: undefined, b: -0 }, 'v');
    expect(Object.keys(copy)).toEqual(['b']);
    expect(Object.is(copy.b, 0)).toBe(true);
  });

  it('A snapshot carries any JSON exactly, is another object, and is frozen all the way down', () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    const text = fc.string({ unit: 'grapheme' }).filter((found) => !found.includes('\0') && found !== '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
        fc.boolean(),
        fc.constant(null),
        text,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const copy = snapshotJson(given, 'v');
        expect(copy).toStrictEqual(given);
        expect(isFrozen(copy)).toBe(true);
        expect(canonicalJson(copy as string)).toBe(canonicalJson(JSON.parse(JSON.stringify(given)) as string));
      }),
      { numRuns: 300 },
    );
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it.each([
    [{ b: 2, a: 1 }, '{"a":1,"b":2}'],
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [[Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27], '[333333333.3333333,1e+30,4.5,0.002,1e-27]'],
    ['\u20ac$\u000F\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  ])('Canonical JSON (RFC 8785) writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});
