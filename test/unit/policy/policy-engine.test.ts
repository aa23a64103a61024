/** The engine with an evaluator that fails or answers nonsense: a denial with a reason, never a throw. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../runtime/core/acting.ts';
import { PolicyLimitError } from '../../../runtime/policy/policy-errors.ts';
import { policyEngine } from '../../../runtime/policy/wasm-engine.ts';
import { acts } from './policy-fixtures.ts';

const allow = { id: 'a', tier: 10, effect: 'allow', reason: 'because' };
const decideOn = (evaluate: (input: object) => unknown, input: unknown): Decision =>
  policyEngine({ evaluate }, 'bundle', 'deny_overrides').decide(input);
const answering = (contributions: unknown): Decision => decideOn(() => [{ result: contributions }], acts.scale_up);

it('The engine combines contributions into a decision, and names bundle and strategy', () => {
  expect(answering([{ ...allow, more: 'is left out' }])).toEqual({
    effect: 'allow',
    reason: 'because',
    contributions: [allow],
    winners: ['a'],
    conflict: false,
    strategy: 'deny_overrides',
    bundle: 'bundle',
  });
});

it('The engine denies when no rule contributes', () => {
  expect(answering([])).toMatchObject({ effect: 'deny', reason: 'no rule allows it', bundle: 'bundle' });
});

describe('an unreadable answer', () => {
  it.each<[string, unknown]>([
    ["Rego's undefined", []],
    ['nothing', undefined],
    ['a text', 'allow'],
    ['two results', [{ result: [allow] }, { result: [allow] }]],
    ['a result that is a boolean', [{ result: true }]],
    ['a result that is an object', [{ result: { allow } }]],
  ])('The engine denies on an unreadable answer: %s', (_what, result) => {
    expect(decideOn(() => result, acts.scale_up)).toMatchObject({
      effect: 'deny',
      reason: 'the policy gave no answer that can be understood',
      contributions: [],
    });
  });

  it.each<[string, unknown]>([
    ['an unknown effect', { ...allow, effect: 'permit' }],
    ['a tier that is a text', { ...allow, tier: '100' }],
    ['a tier that is no number', { ...allow, tier: Number.NaN }],
    ['no id', { ...allow, id: '' }],
    ['no reason', { ...allow, reason: undefined }],
    ['a text', 'allow'],
    ['null', null],
  ])('The engine denies on %s beside a contribution that allows', (_what, odd) => {
    expect(answering([allow, odd])).toMatchObject({ effect: 'deny', contributions: [] });
  });
});

it.each<[string, unknown, string]>([
  ['an error', new Error('unreachable'), 'unreachable'],
  ["the library's text", 'opa_abort: out of memory', 'out of memory'],
])('The engine denies when the evaluation throws %s', (_what, thrown, words) => {
  const decision = decideOn(() => {
    throw thrown;
  }, acts.scale_up);
  expect(decision).toMatchObject({ effect: 'deny', reason: expect.stringContaining(words) as string });
});

it('The engine denies an act whose evaluation is broken off, and reports it until the next one succeeds', () => {
  let within = false;
  const evaluate = (): unknown => {
    if (!within) throw new PolicyLimitError('500 ms');
    return [{ result: [allow] }];
  };
  const engine = policyEngine({ evaluate }, 'bundle', 'deny_overrides');
  expect(engine.obstacle).toBeUndefined();
  const limit = 'broken off at its limit of 500 ms';
  expect(engine.decide(acts.scale_up)).toMatchObject({
    effect: 'deny',
    reason: expect.stringContaining(limit) as string,
    contributions: [],
    error: 'PARLEY_POLICY_LIMIT',
  });
  expect(engine.obstacle).toContain(limit);
  within = true;
  expect(engine.decide(acts.scale_up).effect).toBe('allow');
  expect(engine.obstacle).toBeUndefined();
});

describe('an invalid input', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
  it.each<[string, unknown, RegExp]>([
    ['none', undefined, /it is no object/],
    ['0, which the library takes for none', 0, /it is no object/],
    ['a list', [acts.scale_up], /it is no object/],
    ['a number that JSON lacks', { estimated_cost: Number.NaN }, /"\.estimated_cost" that is no JSON/],
    ['a name that reaches a prototype', JSON.parse('{"__proto__": {}}'), /unsafe key/],
    ['too deep', { a: deep(40) }, /nested more than 32 deep/],
    ['too large', { a: 'x'.repeat(300_000) }, /more than 262144 values and characters/],
  ])('The engine does not pass an invalid input to the evaluator: %s', (_what, input, reason) => {
    const seen: object[] = [];
    const decision = decideOn((one) => seen.push(one), input);
    expect(decision).toMatchObject({ effect: 'deny', reason: expect.stringMatching(reason) as string });
    expect(seen).toEqual([]);
  });
});
