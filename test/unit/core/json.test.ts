import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault, isObject, type Json } from '../../../runtime/core/json.ts';

const nested = (levels: number): unknown => {
  let value: unknown = {};
  for (let i = 1; i < levels; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
};

it('The check finds no fault in JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      // without the keys that are refused
      const safe = JSON.parse(
        JSON.stringify(value).replaceAll('__proto__', 'p').replaceAll('constructor', 'c'),
      ) as Json;
      expect(findJsonFault(safe, 32)).toBeUndefined();
    }),
  );
});

it('The check permits exactly the given depth, whatever stands at the bottom', () => {
  for (const depth of [1, 2, 5, 32]) {
    expect(findJsonFault(nested(depth), depth)).toBeUndefined();
    expect(findJsonFault(nested(depth + 1), depth)).toMatchObject({ fault: 'too_deep' });
  }
  expect(findJsonFault({ a: [1, 'x', null, true] }, 2)).toBeUndefined();
});

it('The check names the place of a fault', () => {
  expect(findJsonFault({ a: [{ b: Number.NaN }] }, 8)).toEqual({
    path: '.a[0].b',
    fault: 'not_json',
    value: Number.NaN,
  });
  expect(findJsonFault({ a: { b: {} } }, 2)).toEqual({ path: '.a.b', fault: 'too_deep' });
});

describe('a key that could reach a prototype', () => {
  it.each([
    ['{"a":[{"__proto__":{"x":1}}]}', '.a[0].__proto__'],
    ['{"__proto__":1}', '.__proto__'],
    ['{"a":{"constructor":{"prototype":{"x":1}}}}', '.a.constructor'],
  ])('A key that could reach a prototype is found in %s', (text, path) => {
    expect(findJsonFault(JSON.parse(text), 8)).toEqual({ path, fault: 'unsafe_key' });
  });

  it.each(['{"constructor":"Ltd."}', '{"constructor":{"name":"x"}}', '{"prototype":{"a":1}}', '{"proto":{}}'])(
    'A key that could reach a prototype is not %s',
    (text) => {
      expect(findJsonFault(JSON.parse(text), 8)).toBeUndefined();
    },
  );
});

it.each([
  [() => 1],
  [Symbol('x')],
  [1n],
  [new Date(0)],
  [new Map()],
  [Number.POSITIVE_INFINITY],
  [new (class Thing {})()],
])('The check finds that %o is not JSON', (value) => {
  expect(findJsonFault({ a: { b: value } }, 8)).toMatchObject({ path: '.a.b', fault: 'not_json' });
  expect(findJsonFault([value], 8)).toMatchObject({ path: '[0]', fault: 'not_json' });
});

it('The check takes an absent member for absent, and a hole in a list for a fault', () => {
  expect(findJsonFault({ a: undefined }, 8)).toBeUndefined();
  expect(findJsonFault([undefined], 8)).toMatchObject({ path: '[0]', fault: 'not_json' });
});

it('isObject recognises an object', () => {
  expect([{}, Object.create(null)].every(isObject)).toBe(true);
  expect([null, [], 'a', 1, undefined, () => 1].some(isObject)).toBe(false);
});
