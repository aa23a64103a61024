/** The contract of shared memory: a write names the version that it replaces, and no version comes twice. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { InvalidIdError } from '../../../runtime/core/errors.ts';
import type { Json } from '../../../runtime/core/json.ts';
import { type SharedMemory, SharedValueTooLargeError, sharedLimits } from '../../../runtime/memory/shared-memory.ts';
import { storableJson } from '../../support/storable-json.ts';

export interface SharedRig extends AsyncDisposable {
  readonly memory: SharedMemory;
  /** The same memory as another process has it. */
  readonly other: SharedMemory;
  /** That of another mesh in the same store. */
  readonly elsewhere: SharedMemory;
}

/** So many writers at the same time, in two processes. */
export async function increment(
  writers: number,
  { memory, other }: Pick<SharedRig, 'memory' | 'other'>,
): Promise<void> {
  const once = async (by: SharedMemory): Promise<void> => {
    for (;;) {
      const found = await by.read('count');
      const next = Number(found?.value ?? 0) + 1;
      if ((await by.writeIfVersion('count', next, found?.version ?? 0)) !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, n) => once(n % 2 === 0 ? memory : other)));
}

export function sharedMemoryContract(name: string, make: (test: TestContext) => Promise<SharedRig>): void {
  describe(`${name} keeps the contract of shared memory`, () => {
    let rig: SharedRig;
    beforeEach(async (test) => {
      rig = await make(test);
    });
    afterEach(() => rig?.[Symbol.asyncDispose]());

    it('Shared memory has no value before the first write, which expects version 0', async () => {
      expect(await rig.memory.read('k')).toBeUndefined();
      expect(await rig.memory.writeIfVersion('k', 1, 7)).toBeUndefined();
      const version = await rig.memory.writeIfVersion('k', 1, 0);
      expect(version).toBeGreaterThan(0);
      expect(await rig.other.read('k')).toEqual({ value: 1, version });
    });

    it('Shared memory refuses a write with an old version, and changes nothing', async () => {
      const first = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
      const second = (await rig.other.writeIfVersion('k', 'b', first)) ?? 0;
      expect(second).toBeGreaterThan(first);
      expect(await rig.memory.writeIfVersion('k', 'c', first)).toBeUndefined();
      expect(await rig.memory.writeIfVersion('k', 'c', 0)).toBeUndefined();
      expect(await rig.memory.read('k')).toEqual({ value: 'b', version: second });
    });

    it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
      'Shared memory refuses %d as a version',
      async (expected) => {
        expect(await rig.memory.writeIfVersion('k', 'a', expected)).toBeUndefined();
        const version = await rig.memory.writeIfVersion('k', 'a', 0);
        expect(await rig.memory.writeIfVersion('k', 'b', expected)).toBeUndefined();
        expect(await rig.memory.removeIfVersion('k', expected)).toBe(false);
        expect(await rig.memory.read('k')).toEqual({ value: 'a', version });
      },
    );

    it('Shared memory compares versions as numbers, whatever their length', async () => {
      let version = 0;
      for (let n = 0; n < 12; n++) version = (await rig.memory.writeIfVersion('k', n, version)) ?? Number.NaN;
      expect((await rig.memory.read('k'))?.value).toBe(11);
    });

    it('Shared memory removes a value only at the expected version', async () => {
      const version = (await rig.memory.writeIfVersion('k', 1, 0)) ?? 0;
      expect(await rig.memory.removeIfVersion('k', version + 1)).toBe(false);
      expect(await rig.memory.removeIfVersion('k', 0)).toBe(false);
      expect(await rig.memory.removeIfVersion('k', version)).toBe(true);
      expect(await rig.memory.removeIfVersion('k', version)).toBe(false);
      expect(await rig.memory.read('k')).toBeUndefined();
    });

    it('Shared memory never reuses a version, even when a value is removed and created again', async () => {
      const first = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
      await rig.memory.removeIfVersion('k', first);
      const second = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
      expect(second).toBeGreaterThan(first);
      expect(await rig.other.writeIfVersion('k', 'late', first)).toBeUndefined();
      expect(await rig.other.read('k')).toEqual({ value: 'a', version: second });
    });

    it('Shared memory has nothing to remove or replace where a value was removed', async () => {
      const version = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
      await rig.memory.removeIfVersion('k', version);
      expect(await rig.other.removeIfVersion('k', 0)).toBe(false);
      expect(await rig.other.removeIfVersion('k', version + 1)).toBe(false);
      expect(await rig.other.read('k')).toBeUndefined();
    });

    it('Shared memory lets exactly one of many writers create a removed key again', async () => {
      await rig.memory.removeIfVersion('k', (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0);
      const made = await Promise.all(Array.from({ length: 20 }, (_, n) => rig.other.writeIfVersion('k', n, 0)));
      expect(made.filter((version) => version !== undefined)).toHaveLength(1);
    });

    it('Shared memory lets exactly one of many writers create a key', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, (_, n) => rig.memory.writeIfVersion('k', n, 0)));
      expect(made.filter((version) => version !== undefined)).toHaveLength(1);
    });

    it('Shared memory loses no increment of 50 writers that retry', async () => {
      await increment(50, rig);
      expect((await rig.memory.read('count'))?.value).toBe(50);
    });

    it.each([null, false, 0, '', [], {}, 'ñ☃🦜\u0000', { value: 1 }, ['x'.repeat(100_000)]])(
      'Shared memory stores a value like %j',
      async (value) => {
        const version = await rig.memory.writeIfVersion('k', value, 0);
        expect(await rig.memory.read('k')).toEqual({ value, version });
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
    ])('Shared memory refuses %s with its path, and stores nothing', async (_name, value, path) => {
      const refused = rig.memory.writeIfVersion('k', value as Json, 0);
      await expect(refused).rejects.toMatchObject({ code: 'PARLEY_MEMORY_VALUE', path });
      expect(await rig.memory.read('k')).toBeUndefined();
    });

    it('Shared memory returns any JSON value exactly, including -0 and lone surrogates', async () => {
      const values = fc.oneof(storableJson, fc.constantFrom(-0, [-0, { a: -0 }], '\ud800', 2 ** 60, 5e-324));
      let version = 0;
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          version = (await rig.memory.writeIfVersion('k', value as Json, version)) ?? Number.NaN;
          expect((await rig.other.read('k'))?.value).toStrictEqual(value);
        }),
        { numRuns: 60 },
      );
    });

    it('Shared memory keeps keys of any text apart', async () => {
      const keys = [
        '',
        ' ',
        '.',
        '*',
        '>',
        'a.b',
        'a b',
        'A',
        'a',
        'ä',
        '🦜',
        '\u0000',
        'x'.repeat(500),
        `${'x'.repeat(499)}y`,
      ];
      for (const [n, key] of keys.entries()) await rig.memory.writeIfVersion(key, n, 0);
      for (const [n, key] of keys.entries()) expect((await rig.other.read(key))?.value).toBe(n);
    });

    it('Shared memory refuses a key that has no distinct bytes', async () => {
      await expect(rig.memory.writeIfVersion('\ud800', 1, 0)).rejects.toBeInstanceOf(InvalidIdError);
      await expect(rig.memory.read('\udc00x')).rejects.toBeInstanceOf(InvalidIdError);
    });

    it('Shared memory stores a value of the largest size, and refuses a larger one by name', async () => {
      const largest = 'x'.repeat(sharedLimits.valueBytes - 2);
      const version = await rig.memory.writeIfVersion('k', largest, 0);
      expect(await rig.memory.read('k')).toEqual({ value: largest, version });
      const refused = rig.memory.writeIfVersion('k', `${largest}x`, version ?? 0);
      await expect(refused).rejects.toBeInstanceOf(SharedValueTooLargeError);
      expect((await rig.memory.read('k'))?.version).toBe(version);
    });

    it('Shared memory of one mesh is separate from that of another', async () => {
      await rig.memory.writeIfVersion('k', 'here', 0);
      expect(await rig.elsewhere.read('k')).toBeUndefined();
      expect(await rig.elsewhere.writeIfVersion('k', 'there', 0)).toBeGreaterThan(0);
      expect((await rig.memory.read('k'))?.value).toBe('here');
    });
  });
}
