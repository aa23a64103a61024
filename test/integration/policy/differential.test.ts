/** The compiled policy and OPA's interpreter give the same answers, also with a changed setting. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Contribution, Effect } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { findOpa } from '../../../runtime/policy/build/opa-program.ts';
import { combine } from '../../../runtime/policy/combine.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { opaEval } from '../../support/opa.ts';
import { orSkip } from '../../support/or-skip.ts';
import { anyAct } from './any-act.ts';

const inputs = fc.sample(anyAct, { numRuns: 1_000, seed: 7 });
let wasm: Uint8Array;
let data: JsonObject;
/** What the interpreter says of each input under the committed settings; none without `opa`. */
let there: Promise<readonly (readonly Contribution[])[]>;

beforeAll(async () => {
  wasm = await readFile('policies/bundle/policy.wasm');
  data = JSON.parse(await readFile('policies/data.json', 'utf8')) as JsonObject;
  there = findOpa({ exact: true }).then((path) => opaEval(path, data, inputs));
  there.catch(() => undefined);
});

interface Settings {
  readonly thresholds: object;
  readonly budgets: object;
}

const inOrder = (contributions: readonly Contribution[]): readonly string[] =>
  contributions.map(({ id, tier, effect, reason }) => JSON.stringify([tier, id, effect, reason])).sort();

const effectOf = (contributions: readonly Contribution[]): Effect =>
  combine(contributions, 'deny_overrides', '').effect;

it('The compiled policies and opa decide equally on 1,000 random acts', async (test) => {
  const said = await orSkip(test, there);
  const here = await loadPolicy({ wasm, data });
  expect(said).toHaveLength(inputs.length);
  const effects: Record<Effect, number> = { allow: 0, require_approval: 0, deny: 0 };
  for (const [place, input] of inputs.entries()) {
    const { contributions, effect } = here.decide(input);
    expect(inOrder(contributions), JSON.stringify(input)).toEqual(inOrder(said[place] ?? []));
    effects[effect]++;
  }
  // otherwise it would have compared refusals only
  expect(effects.allow).toBeGreaterThan(50);
  expect(effects.require_approval).toBeGreaterThan(20);
});

const changes: readonly [string, (settings: Settings) => void][] = [
  ['the approval threshold', ({ thresholds }) => Object.assign(thresholds, { manager_approval: 400 })],
  ['the utilization that justifies', ({ thresholds }) => Object.assign(thresholds, { justified_utilization: 0.8 })],
  ['the utilization that is idle', ({ thresholds }) => Object.assign(thresholds, { idle_utilization: 0.2 })],
  ['the concentration of sources', ({ thresholds }) => Object.assign(thresholds, { concentrated_sources: 0.7 })],
  ['a budget', ({ budgets }) => Object.assign(budgets, { checkout: { remaining: 300 } })],
  ['the limit for all', ({ budgets }) => Object.assign(budgets, { monthly_limit: 900 })],
];

describe('a changed setting', () => {
  it.for(changes)('A changed setting flips the same decisions in both: %s', async ([, change], test) => {
    const saidBefore = await orSkip(test, there);
    const changed = structuredClone(data);
    change(changed as unknown as Settings);
    const [before, after] = [await loadPolicy({ wasm, data }), await loadPolicy({ wasm, data: changed })];
    const saidAfter = await opaEval(await findOpa({ exact: true }), changed, inputs);
    const flips = inputs.filter((input) => before.decide(input).effect !== after.decide(input).effect);
    const flipsThere = inputs.filter((_, n) => effectOf(saidBefore[n] ?? []) !== effectOf(saidAfter[n] ?? []));
    expect(flips).toEqual(flipsThere);
    expect(flips.length).toBeGreaterThan(0);
  });
});
