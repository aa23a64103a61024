/** Synchronous work that does not end is broken off, whatever it consists of. */
import { describe, expect, it } from 'vitest';
import { BoundedRun } from '../../../runtime/policy/bounded-run.ts';

/** `(module (func (export "run") (loop (br 0))))` */
const endlessLoop = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b],
);

/** The types of Node 20 have no values for it. */
const { Module, Instance } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: { readonly run: () => void } };
    };
  }
).WebAssembly;

const endless: readonly [string, () => unknown][] = [
  ['WebAssembly', () => new Instance(new Module(endlessLoop)).exports.run()],
  ['a regular expression', () => /^(a+)+$/.test(`${'a'.repeat(60)}!`)],
  [
    'JavaScript',
    () => {
      for (;;);
    },
  ],
];

describe.each(endless)('%s', (_what, work) => {
  it('Work that does not end is broken off, and the next work runs', () => {
    const bounded = new BoundedRun();
    for (let n = 0; n < 3; n++) {
      expect(() => bounded.run(work, 20)).toThrow(
        expect.objectContaining({
          code: 'PARLEY_POLICY_LIMIT',
          retryable: false,
          message: expect.stringContaining('broken off at its limit of 20 ms') as string,
        }),
      );
      expect(bounded.run(() => n, 1_000)).toBe(n);
    }
  });
});

it('The result of work is passed on as it is, and so is what it throws', () => {
  const bounded = new BoundedRun();
  const [result, thrown] = [{ answer: 42 }, new Error('no')];
  expect(bounded.run(() => result, 1_000)).toBe(result);
  const run = (): unknown =>
    bounded.run(() => {
      throw thrown;
    }, 1_000);
  expect(run).toThrow(thrown);
});
