/** The compiled policy and `opa eval` say the same, for random input and for changed thresholds; the bundle is the sources'. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findOpa, opa } from '../../../policies/build/opa.ts';
import type { Contribution } from '../../../runtime/core/acting.ts';
import { drawDecision } from '../../../runtime/policy/draw-decision.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { orSkip } from '../../support/or-skip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-opa-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string | null> =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: fc.constantFrom('text', null) });

const service = fc.constantFrom('checkout', 'search', 'legacy_reports', 'unknown');

const anyInput = fc.record(
  {
    action: fc.constantFrom('scale_up', 'scale_down', 'limit_rate', 'reserve_instances', 'diagnose', 'other'),
    agent: fc.constant('resource/x'),
    service,
    estimated_cost: maybe(fc.integer({ min: -10, max: 9_000 })),
    arguments: fc.record(
      { service, instances: maybe(fc.integer({ min: 0, max: 30 })), on: fc.boolean() },
      { requiredKeys: [] },
    ),
    justification: fc.record(
      {
        utilization: maybe(fc.integer({ min: 0, max: 100 }).map((n) => n / 100)),
        response_time_p99: maybe(fc.integer({ min: 0, max: 100 }).map((n) => n / 100)),
        source_concentration: maybe(fc.integer({ min: 0, max: 100 }).map((n) => n / 100)),
      },
      { requiredKeys: [] },
    ),
    constraints: fc.record(
      {
        budget_remaining: maybe(fc.integer({ min: 0, max: 9_000 })),
        max_diagnostic_cost: maybe(fc.integer({ min: 0, max: 20 })),
        response_time_sla: fc.constantFrom('15_minutes', '1_hour', 'soon'),
      },
      { requiredKeys: [] },
    ),
    affects_user_data: maybe(fc.boolean()),
    regulation: fc.constantFrom('gdpr', 'other'),
    region: fc.constantFrom('eu-west-1', 'us-east-1'),
  },
  { requiredKeys: ['action'] },
);

/** What `opa eval` contributes to each input, in one process. */
async function opaSays(
  path: string,
  policies: string,
  inputs: readonly unknown[],
): Promise<readonly (readonly Contribution[])[]> {
  const input = join(folder, 'inputs.json');
  await writeFile(input, JSON.stringify(inputs));
  const query = '[result | some n, one in input; result := data.parley.policy.contributions with input as one]';
  const files = ['inputs', 'safety', 'compliance', 'cost', 'performance'].flatMap((name) => ['-d', `${name}.rego`]);
  const words = ['eval', '--format', 'json', ...files, '-d', 'data.json', '-i', input, query];
  const answer = JSON.parse(await opa(path, words, policies)) as {
    result: { expressions: { value: Contribution[][] }[] }[];
  };
  return answer.result[0]?.expressions[0]?.value ?? [];
}

const essence = (contributions: readonly Contribution[]): readonly string[] =>
  contributions.map(({ id, tier, effect }) => `${tier} ${id} ${effect}`).sort();

it('for 1,000 random inputs, and a changed threshold flips exactly what it flips there', async (test) => {
  const path = await orSkip(test, findOpa());
  const inputs = fc.sample(anyInput, { numRuns: 1_000, seed: 7 });
  const here = await loadPolicy('policies');
  const there = await opaSays(path, 'policies', inputs);
  expect(there).toHaveLength(1_000);
  for (const [place, input] of inputs.entries()) {
    expect(essence(here.decide(input).contributions), JSON.stringify(input)).toEqual(essence(there[place] ?? []));
  }

  const changed = join(folder, 'changed');
  await cp('policies', changed, { recursive: true });
  const data = JSON.parse(await readFile(join(changed, 'data.json'), 'utf8')) as { thresholds: Record<string, number> };
  data.thresholds.manager_approval = 400;
  await writeFile(join(changed, 'data.json'), JSON.stringify(data));
  const [other, otherThere] = [await loadPolicy(changed), await opaSays(path, changed, inputs)];
  const effectThere = (list: readonly Contribution[] | undefined): string =>
    drawDecision(list ?? [], 'deny_overrides', '').effect;
  const flips = inputs.filter((input) => here.decide(input).effect !== other.decide(input).effect);
  const flipsThere = inputs.filter((_, place) => effectThere(there[place]) !== effectThere(otherThere[place]));
  expect(flips).toEqual(flipsThere);
  expect(flips.length).toBeGreaterThan(0);
}, 120_000);

it("keeps the policies' own tests, and commits what they compile to", async (test) => {
  await orSkip(test, findOpa());
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'policies/build/check.ts']);
  expect(stdout).toMatch(/PASS: \d+\/\d+/);
  expect(stdout).toContain('the committed bundle is what the policies compile to');
}, 120_000);
