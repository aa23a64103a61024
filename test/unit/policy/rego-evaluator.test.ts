/** Evaluations that are broken off do not use the evaluator up. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openBundle } from '../../../runtime/policy/bundle.ts';
import { RegoEvaluator } from '../../../runtime/policy/rego-evaluator.ts';
import { acts, settings } from './policy-fixtures.ts';

/** Parsed by the evaluator itself: no check of ours is before it. */
const depth = 20_000;
const tooDeep = new TextEncoder().encode(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`).slice().buffer;

it('The evaluator answers as before after 1,500 hostile inputs', async () => {
  const wasm = await readFile('policies/bundle/policy.wasm');
  const evaluator = new RegoEvaluator(await openBundle({ wasm, data: settings }));
  const before = evaluator.evaluate(acts.scale_up);
  for (let n = 0; n < 1_500; n++) expect(() => evaluator.evaluate(tooDeep)).toThrow(/call stack/);
  expect(evaluator.evaluate(acts.scale_up)).toEqual(before);
});
