/** Rules that compute or allocate without end are broken off, and deny; so are those that call what they do not have. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActResult } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { type Actuator, defineAgent, type HandlingContext } from '../../../runtime/index.ts';
import { compilePolicy, openPolicyFolder } from '../../../runtime/policy/build/index.ts';
import { findOpa } from '../../../runtime/policy/build/opa-program.ts';
import { openBundle } from '../../../runtime/policy/bundle.ts';
import { defaultLimits, RegoEvaluator } from '../../../runtime/policy/rego-evaluator.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { orSkip } from '../../support/or-skip.ts';
import { Bench, reasons } from '../../unit/acting/acting-bench.ts';

/** Each action makes another rule run away. */
const rules = `package parley.policy

contributions contains {"id": "fine", "tier": 1, "effect": "allow", "reason": "it is fine"} if input.action == "fine"

# a thousand million combinations, one after the other
contributions contains {"id": "loop", "tier": 1, "effect": "allow", "reason": "found"} if {
	input.action == "loop"
	some a in numbers.range(1, 1000)
	some b in numbers.range(1, 1000)
	some c in numbers.range(1, 1000)
	((a * b) * c) == 0 - 1
}

contributions contains {"id": "allocate", "tier": 1, "effect": "allow", "reason": "counted"} if {
	input.action == "allocate"
	count(numbers.range(1, 100000000)) > 0
}

# the host's regular expression, which tries each way to split the text
contributions contains {"id": "regex", "tier": 1, "effect": "allow", "reason": "split"} if {
	input.action == "regex"
	count(regex.split("(a+)+$", input.text)) > 0
}
`;

let folder: string;
let wasm: Promise<Uint8Array>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-limits-'));
  wasm = compiled(rules);
  wasm.catch(() => undefined);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function compiled(text: string): Promise<Uint8Array> {
  const own = await mkdtemp(join(folder, 'policies-'));
  await writeFile(join(own, 'contributions.rego'), text);
  await writeFile(join(own, 'data.json'), '{}');
  const { wasm: bytes } = await compilePolicy(await findOpa(), await openPolicyFolder(own));
  return bytes;
}

const act = (action: string): JsonObject => ({ action, text: `${'a'.repeat(60)}!` });

describe.each([
  ['loop', { maxSteps: 1_000_000 }, '1000000 steps'],
  ['allocate', { memoryMiB: 16 }, '16 MiB'],
])('rules that %s without end', (action, limits, limit) => {
  it('An evaluation that reaches its limit is broken off: its act is denied, and the next ones are decided', async (test) => {
    const policy = await loadPolicy({ wasm: await orSkip(test, wasm), data: {} }, limits);
    for (let n = 0; n < 3; n++) {
      expect(policy.decide(act('fine')).effect).toBe('allow');
      expect(policy.obstacle).toBeUndefined();
      expect(policy.decide(act(action))).toMatchObject({
        effect: 'deny',
        error: 'PARLEY_POLICY_LIMIT',
        reason: expect.stringContaining(`broken off at its limit of ${limit}`) as string,
      });
      expect(policy.obstacle).toContain(limit);
    }
  });
});

it('An act whose rules run away is denied and recorded, the node is degraded, and the next act is done', async (test) => {
  const policy = await loadPolicy({ wasm: await orSkip(test, wasm), data: {} }, { maxSteps: 1_000_000 });
  const [done, ended]: [string[], ActResult[]] = [[], []];
  const does =
    (name: string): Actuator =>
    () => {
      done.push(name);
      return {};
    };
  const agent = defineAgent({
    kind: 'desk',
    delivery: 'at_least_once',
    intents: { act: {} },
    receive: async ({ context }, ctx) => {
      const action = { name: String(context.name), resource: 'r', arguments: {}, facts: {} };
      ended.push(await (ctx as HandlingContext).act(action, reasons));
    },
  });
  const actuators = { loop: does('loop'), fine: does('fine') };
  const actions = { policy, traces: new Bench().store, actuators };
  await using mesh = await testMesh([agent], { node: { actions } });
  const acts = async (name: string): Promise<void> => {
    await mesh.tell(agent, { intent_type: 'act', context: { name } });
    await mesh.settled();
  };
  await acts('loop');
  expect(ended).toMatchObject([{ status: 'denied', decision: { error: 'PARLEY_POLICY_LIMIT' } }]);
  expect(mesh.decisions).toMatchObject([{ result: { effect: 'deny', error: 'PARLEY_POLICY_LIMIT' } }]);
  expect(mesh.node.health).toMatchObject({
    status: 'degraded',
    ready: true,
    reasons: [expect.stringMatching(/^policy: .*broken off at its limit of 1000000 steps/) as string],
  });
  await acts('fine');
  expect([done, mesh.node.health.status]).toEqual([['fine'], 'ok']);
});

it('A regular expression that runs away in JavaScript, where no steps are counted, is broken off after a time', async (test) => {
  const bundle = await openBundle({ wasm: await orSkip(test, wasm), data: {} });
  const evaluator = new RegoEvaluator(bundle, defaultLimits, 2_000);
  expect(() => evaluator.evaluate(act('regex'))).toThrow('broken off at its limit of 2000 ms');
  expect(evaluator.evaluate(act('fine'))).toMatchObject([{ result: [{ id: 'fine' }] }]);
});

it('Rules that hold a megabyte of text start and decide', async (test) => {
  const text = `package parley.policy

contributions contains {"id": "all", "tier": 1, "effect": "allow", "reason": "all"} if input.text != "${'x'.repeat(1e6)}"
`;
  const policy = await loadPolicy({ wasm: await orSkip(test, compiled(text)), data: {} });
  expect(policy.decide(act('fine')).effect).toBe('allow');
});

it('Data that need more memory than the limit are refused when the policy is loaded', async (test) => {
  const data = { list: Array.from({ length: 200_000 }, (_, n) => `entry ${n}`) };
  const loading = loadPolicy({ wasm: await orSkip(test, wasm), data }, { memoryMiB: 4 });
  await expect(loading).rejects.toMatchObject({
    code: 'PARLEY_POLICY_BUNDLE',
    message: expect.stringContaining('limit of 4 MiB') as string,
  });
});
