/** Compiled rules count their steps, and end below zero: the count is the same each time, and changes nothing else. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../runtime/policy/bundle.ts';
import { countingSteps, mostSteps, stepsExport } from '../../../runtime/policy/count-steps.ts';
import { RegoEvaluator } from '../../../runtime/policy/rego-evaluator.ts';
import { acts, settings } from './policy-fixtures.ts';

interface Counting {
  readonly run: (n: number) => number;
  readonly [stepsExport]: { value: number };
}

/** The types of Node 20 have no values for it. */
const { Module, Instance } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: Counting };
    };
  }
).WebAssembly;

/** A module with one exported function `run: i32 → i32`, of these instructions. */
function moduleOf(...body: readonly number[]): Uint8Array {
  const code = [0x00, ...body, 0x0b];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x00],
    ...[0x0a, code.length + 2, 0x01, code.length, ...code],
  );
}

const started = (wasm: Uint8Array): Counting => new Instance(new Module(countingSteps(wasm).wasm)).exports;

/** `loop (br 0) end unreachable` */
const endless = moduleOf(0x03, 0x40, 0x0c, 0x00, 0x0b, 0x00);
/** `loop; n = n - 1; br_if 0 when n is not zero; end; n` */
const countdown = moduleOf(
  ...[0x03, 0x40, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b],
  ...[0x20, 0x00],
);
/** `n = 0 ? 0 : run(n - 1)` */
const recursion = moduleOf(
  ...[0x20, 0x00, 0x45, 0x04, 0x7f, 0x41, 0x00, 0x05, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x10, 0x00, 0x0b],
);

it('A loop without end ends when its steps are used up', () => {
  const counting = started(endless);
  expect(counting[stepsExport].value).toBe(mostSteps);
  counting[stepsExport].value = 10_000;
  expect(() => counting.run(0)).toThrow('unreachable');
  expect(counting[stepsExport].value).toBe(-1);
});

it.each([
  ['a loop', countdown, 101],
  ['a recursion', recursion, 101],
])('Each call and each turn is a step: 100 turns of %s, exactly', (_what, wasm, steps) => {
  const counting = started(wasm);
  counting[stepsExport].value = steps;
  expect(counting.run(100)).toBe(0);
  expect(counting[stepsExport].value).toBe(0);
  counting[stepsExport].value = steps - 1;
  expect(() => counting.run(100)).toThrow('unreachable');
});

it.each<[string, Uint8Array, RegExp]>([
  ['an instruction that is not known', moduleOf(0xfd, 0x0c), /unknown instruction 0xfd/],
  ['a section that is cut short', endless.subarray(0, -3), /a section that is cut short/],
  ['a function that is cut short', moduleOf(0x41), /./],
])('A module with %s is refused', (_what, wasm, why) => {
  expect(() => new Module(countingSteps(wasm).wasm)).toThrow(why);
});

it('A module with any byte changed is refused, or ends', () => {
  const outcomes = { refused: 0, ended: 0 };
  for (const wasm of [endless, countdown, recursion]) {
    for (let at = 8; at < wasm.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = wasm.with(at, (wasm[at] ?? 0) ^ (1 << bit));
        try {
          const counting = started(changed);
          counting[stepsExport].value = 1_000;
          counting.run(100);
          outcomes.ended++;
        } catch {
          outcomes.refused++;
        }
      }
    }
  }
  expect(outcomes.refused).toBeGreaterThan(100);
  expect(outcomes.ended).toBeGreaterThan(10);
});

describe('the committed rules', () => {
  it('An evaluation is broken off or not by the same number of steps each time', async () => {
    const bundle = await openBundle({ wasm: await readFile('policies/bundle/policy.wasm'), data: settings });
    const passes = (maxSteps: number): boolean => {
      const evaluator = new RegoEvaluator(bundle, { maxSteps, memoryMiB: 64 });
      try {
        return evaluator.evaluate(acts.scale_up) !== undefined;
      } catch (error) {
        expect(error).toMatchObject({ code: 'PARLEY_POLICY_LIMIT' });
        return false;
      }
    };
    let [fails, needed] = [0, 1_000_000];
    while (needed - fails > 1) {
      const middle = (fails + needed) >> 1;
      if (passes(middle)) needed = middle;
      else fails = middle;
    }
    expect([passes(needed), passes(needed - 1), passes(needed), passes(needed - 1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(needed).toBeGreaterThan(1_000);
  });
});
