/** The contract of working memory: bounded in size and time, with separate scopes. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { InvalidIdError, InvalidOptionError } from '../../../runtime/core/errors.ts';
import type { Json } from '../../../runtime/core/json.ts';
import {
  type WorkingMemory,
  WorkingValueTooLargeError,
  workingLimits,
} from '../../../runtime/memory/working-memory.ts';
import { storableJson } from '../../support/storable-json.ts';

export interface WorkingRig extends AsyncDisposable {
  readonly memory: WorkingMemory;
  /** The same memory as another process has it. */
  readonly other: WorkingMemory;
  /** That of another mesh in the same store. */
  readonly elsewhere: WorkingMemory;
  /** A time to live that a test can wait for. */
  readonly shortMs: number;
  /** Lets `shortMs` pass, until what was to live as long is gone. */
  pass(isOver: () => Promise<boolean>): Promise<void>;
}

const numbers = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, n) => from + n);

export function workingMemoryContract(name: string, make: (test: TestContext) => Promise<WorkingRig>): void {
  describe(`${name} keeps the contract of working memory`, () => {
    let rig: WorkingRig;
    beforeEach(async (test) => {
      rig = await make(test);
    });
    afterEach(() => rig?.[Symbol.asyncDispose]());

    const fill = async (count: number, from = 0): Promise<void> => {
      for (const n of numbers(count, from)) await rig.memory.set('s', `k${n}`, n);
    };

    it('Working memory is empty at first', async () => {
      expect(await rig.memory.get('s', 'k')).toBeUndefined();
      expect(await rig.memory.entries('s')).toEqual({});
      await rig.memory.delete('s', 'k');
      await rig.memory.clear('s');
    });

    it('Working memory returns the newest value in every process', async () => {
      await rig.memory.set('s', 'a', 1);
      await rig.other.set('s', 'a', 2);
      await rig.memory.set('s', 'b', { c: [true] });
      expect(await rig.memory.get('s', 'a')).toBe(2);
      expect(await rig.other.entries('s')).toEqual({ a: 2, b: { c: [true] } });
    });

    it('Working memory lists a scope in the order of its keys', async () => {
      for (const key of ['b', 'c', 'a']) await rig.memory.set('s', key, key);
      expect(Object.keys(await rig.memory.entries('s'))).toEqual(['a', 'b', 'c']);
    });

    it('Working memory forgets a key, and a scope', async () => {
      await fill(3);
      await rig.other.set('t', 'k', 1);
      await rig.memory.delete('s', 'k1');
      expect(await rig.other.entries('s')).toEqual({ k0: 0, k2: 2 });
      await rig.memory.clear('s');
      expect(await rig.other.entries('s')).toEqual({});
      expect(await rig.other.get('s', 'k0')).toBeUndefined();
      expect(await rig.other.entries('t')).toEqual({ k: 1 });
      await rig.memory.set('s', 'k0', 'again');
      expect(await rig.other.entries('s')).toEqual({ k0: 'again' });
    });

    it('Working memory forgets a value at the end of its time to live, and no other', async () => {
      const { memory, shortMs } = rig;
      await memory.set('s', 'short', 1, { ttlMs: shortMs });
      await memory.set('s', 'long', 2);
      await rig.pass(async () => (await memory.get('s', 'short')) === undefined);
      expect(await memory.entries('s')).toEqual({ long: 2 });
    });

    it('Working memory counts the time to live from the newest write', async () => {
      const { memory, shortMs } = rig;
      await memory.set('s', 'lasting', 1, { ttlMs: shortMs });
      await memory.set('s', 'lasting', 2);
      await memory.set('s', 'short', 1);
      await memory.set('s', 'short', 2, { ttlMs: shortMs });
      await rig.pass(async () => (await memory.get('s', 'short')) === undefined);
      expect(await memory.entries('s')).toEqual({ lasting: 2 });
    });

    it('Working memory evicts the oldest values beyond the bound of a scope', async () => {
      await fill(workingLimits.entries);
      await rig.memory.set('s', 'k0', 'newer');
      await rig.other.set('s', 'more', 1);
      const found = await rig.memory.entries('s');
      expect(Object.keys(found)).toHaveLength(workingLimits.entries);
      expect([found.k0, found.k1, found.k2, found.more]).toEqual(['newer', undefined, 2, 1]);
      expect(await rig.memory.get('s', 'k1')).toBeUndefined();
    });

    it('Working memory evicts nothing in place of an expired value', async () => {
      const { memory, shortMs } = rig;
      await fill(40);
      for (const n of numbers(24)) await memory.set('s', `short${n}`, n, { ttlMs: shortMs });
      await rig.pass(async () => Object.keys(await memory.entries('s')).length === 40);
      await fill(24, 40);
      expect(Object.values(await memory.entries('s'))).toHaveLength(64);
    });

    it('Working memory loses no value of many writers of one scope', async () => {
      await Promise.all(numbers(40).map((n) => (n % 2 === 0 ? rig.memory : rig.other).set('s', `k${n}`, n)));
      expect(Object.keys(await rig.memory.entries('s'))).toHaveLength(40);
      expect(await rig.other.get('s', 'k39')).toBe(39);
    });

    it('Working memory keeps its bound with several writers', async () => {
      await Promise.all(numbers(90).map((n) => (n % 2 === 0 ? rig.memory : rig.other).set('s', `k${n}`, n)));
      expect(Object.keys(await rig.memory.entries('s'))).toHaveLength(workingLimits.entries);
    });

    it.each<Json>([null, false, 0, '', [], {}, 'ñ☃🦜\u0000', { value: 1 }])(
      'Working memory stores a value like %j',
      async (value) => {
        await rig.memory.set('s', 'k', value);
        expect(await rig.other.get('s', 'k')).toEqual(value);
        expect(await rig.other.entries('s')).toEqual({ k: value });
      },
    );

    it.each<[string, unknown, string]>([
      ['NaN', Number.NaN, ''],
      ['Infinity', { a: { b: [0, Number.POSITIVE_INFINITY] } }, '.a.b[1]'],
      ['undefined', { a: undefined }, '.a'],
      ['a hole', Array.from({ length: 2 }).fill(1, 0, 1), '[1]'],
      ['a date', { at: new Date(0) }, '.at'],
      ['a map', [new Map([[1, 2]])], '[0]'],
      ['an instance of a class', { a: new (class Account {})() }, '.a'],
      ['a function', { a: () => 1 }, '.a'],
      ['a large integer', { a: 2n ** 64n }, '.a'],
      ['a symbol', { a: Symbol('s') }, '.a'],
      ['a key that reaches the prototype', JSON.parse('{"a":{"__proto__":1}}'), '.a.__proto__'],
    ])('Working memory refuses %s with its path, and stores nothing', async (_name, value, path) => {
      const refused = rig.memory.set('s', 'k', value as Json);
      await expect(refused).rejects.toMatchObject({ code: 'PARLEY_MEMORY_VALUE', path });
      expect(await rig.memory.get('s', 'k')).toBeUndefined();
    });

    it('Working memory returns any JSON value exactly, including -0 and lone surrogates', async () => {
      const values = fc.oneof(storableJson, fc.constantFrom(-0, [-0, { a: -0 }], '\ud800', 2 ** 60, 5e-324));
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          await rig.memory.set('s', 'k', value as Json);
          expect(await rig.other.get('s', 'k')).toStrictEqual(value);
        }),
        { numRuns: 60 },
      );
    });

    it('Working memory keeps scopes and keys of any text apart', async () => {
      const texts = ['', ' ', '.', '*', 'a.b', 'a:b', 'b', 'A', 'a', 'ä', '🦜', '\u0000', '__proto__', 'x'.repeat(500)];
      const pairs = texts.flatMap((scope) => texts.map((key) => ({ scope, key, value: `${scope}|${key}` })));
      await Promise.all(pairs.map(({ scope, key, value }) => rig.memory.set(scope, key, value)));
      const found = await Promise.all(texts.map((scope) => rig.other.entries(scope)));
      expect(found.map((entries) => Object.entries(entries))).toEqual(
        texts.map((scope) => [...texts].sort().map((key) => [key, `${scope}|${key}`])),
      );
    });

    it('Working memory stores a value of the largest size, and refuses a larger one by name', async () => {
      const largest = 'x'.repeat(workingLimits.valueBytes - 2);
      await rig.memory.set('s', 'k', largest);
      expect(await rig.memory.get('s', 'k')).toBe(largest);
      const refused = rig.memory.set('s', 'k', `${largest.slice(1)}ä`);
      await expect(refused).rejects.toBeInstanceOf(WorkingValueTooLargeError);
      await expect(refused).rejects.toMatchObject({ scope: 's', key: 'k', bytes: workingLimits.valueBytes + 1 });
      expect(await rig.memory.get('s', 'k')).toBe(largest);
    });

    it.each([0, -1, 1.5, Number.NaN, workingLimits.longestTtlMs + 1])(
      'Working memory refuses %d as a time to live',
      async (ttlMs) => {
        await expect(rig.memory.set('s', 'k', 1, { ttlMs })).rejects.toBeInstanceOf(InvalidOptionError);
        expect(await rig.memory.get('s', 'k')).toBeUndefined();
      },
    );

    it('Working memory refuses names that have no distinct bytes', async () => {
      await expect(rig.memory.set('\ud800', 'k', 1)).rejects.toBeInstanceOf(InvalidIdError);
      await expect(rig.memory.get('s', '\udc00')).rejects.toBeInstanceOf(InvalidIdError);
    });

    it('Working memory of one mesh is separate from that of another', async () => {
      await rig.memory.set('s', 'k', 'here');
      expect(await rig.elsewhere.entries('s')).toEqual({});
      await rig.elsewhere.set('s', 'k', 'there');
      await rig.elsewhere.clear('s');
      expect(await rig.memory.get('s', 'k')).toBe('here');
    });
  });
}
