/** The committed policy in process: the article's rules, and input that no agent of ours would make. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';

let policy: PolicyEngine;
let folder: string;

beforeAll(async () => {
  policy = await loadPolicy('policies');
  folder = await mkdtemp(join(tmpdir(), 'parley-policy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scaleUp = {
  action: 'scale_up',
  agent: 'resource/checkout',
  service: 'checkout',
  resource: 'service/checkout',
  estimated_cost: 100,
  arguments: { service: 'checkout', instances: 4 },
  justification: { utilization: 0.7, response_time_p99: 0.2 },
  constraints: { budget_remaining: 5_000, max_diagnostic_cost: 10, response_time_sla: '15_minutes' },
};

describe('the policy', () => {
  it.each<[string, object, string]>([
    ['scaling up within budget and justified', {}, 'allow'],
    ['scaling up without a reason', { justification: { utilization: 0.2 } }, 'deny'],
    ['more than the budget', { estimated_cost: 6_500 }, 'deny'],
    ['above the threshold', { estimated_cost: 2_000 }, 'require_approval'],
    ["more than the intent's budget", { constraints: { budget_remaining: 50 } }, 'deny'],
    ['user data', { affects_user_data: true }, 'require_approval'],
    ['personal data', { regulation: 'gdpr' }, 'require_approval'],
    ['personal data elsewhere', { regulation: 'gdpr', region: 'us-east-1' }, 'deny'],
    ['an action that no rule knows', { action: 'delete_everything' }, 'deny'],
    ['a text for a number', { estimated_cost: '100' }, 'deny'],
    ['no cost', { estimated_cost: null }, 'deny'],
    ['arguments for another service', { arguments: { service: 'search', instances: 4 } }, 'deny'],
  ])('%s: %j', (_what, changed, effect) => {
    expect(policy.decide({ ...scaleUp, ...changed }).effect).toBe(effect);
  });

  it('never lets a decommissioned service be scaled, whatever else holds', () => {
    for (const action of ['scale_up', 'scale_down', 'reserve_instances', 'limit_rate', 'diagnose']) {
      const input = {
        ...scaleUp,
        action,
        service: 'legacy_reports',
        arguments: { service: 'legacy_reports', instances: 2 },
      };
      expect(policy.decide(input)).toMatchObject({
        effect: 'deny',
        winners: expect.arrayContaining(['safety.decommissioned']) as string[],
      });
    }
  });

  it('shows the losers too', () => {
    const decision = policy.decide({ ...scaleUp, estimated_cost: 2_000 });
    expect(decision.contributions.map(({ id, effect }) => [id, effect])).toEqual([
      ['cost.manager', 'require_approval'],
      ['performance.scale_up', 'allow'],
    ]);
    expect(decision).toMatchObject({ conflict: true, winners: ['cost.manager'] });
  });

  it.each([undefined, null, 0, false, '', 'text', [], [scaleUp], Number.NaN, () => scaleUp])(
    'denies %s, with a reason',
    (input) => {
      expect(policy.decide(input)).toMatchObject({ effect: 'deny', reason: expect.stringMatching(/\w/) as string });
    },
  );

  it('denies what is nested deeper than anybody needs', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 10_000; n++) deep = [deep];
    expect(policy.decide({ ...scaleUp, deep }).reason).toContain('too deep');
  });

  it('never allows without an allow, and never throws, for 10,000 inputs of strangers', () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        'scale_up',
        'checkout',
        true,
        false,
        null,
        0,
        -1,
        1e308,
        '',
        '0',
        [],
        {},
        '__proto__',
        'ä\u0000☃',
      ),
      fc.jsonValue(),
    );
    const names = [
      'action',
      'service',
      'estimated_cost',
      'arguments',
      'justification',
      'constraints',
      'affects_user_data',
      'regulation',
    ];
    const input = fc.tuple(fc.dictionary(fc.constantFrom(...names, 'x'), odd), fc.boolean());
    fc.assert(
      fc.property(input, ([changed, onTop]) => {
        const { effect, contributions, reason } = policy.decide(onTop ? { ...scaleUp, ...changed } : changed);
        if (effect === 'allow') expect(contributions.some((one) => one.effect === 'allow')).toBe(true);
        expect(reason).not.toBe('');
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('a threshold that is changed', () => {
  async function withData(change: (data: Record<string, Record<string, unknown>>) => void): Promise<PolicyEngine> {
    const other = join(folder, String(Math.floor(performance.now() * 1_000)));
    await cp('policies', other, { recursive: true });
    const data = JSON.parse(await readFile(join(other, 'data.json'), 'utf8')) as Record<
      string,
      Record<string, unknown>
    >;
    change(data);
    await writeFile(join(other, 'data.json'), JSON.stringify(data));
    return loadPolicy(other);
  }

  it('changes the decision, and the name of the bundle', async () => {
    const other = await withData(({ thresholds }) => Object.assign(thresholds ?? {}, { manager_approval: 50 }));
    expect([policy.decide(scaleUp).effect, other.decide(scaleUp).effect]).toEqual(['allow', 'require_approval']);
    expect(other.bundle).not.toBe(policy.bundle);
  });

  it('that is missing, or no number, denies with the reason', async () => {
    for (const value of [undefined, '1500', null]) {
      const other = await withData(({ thresholds }) => Object.assign(thresholds ?? {}, { manager_approval: value }));
      expect(other.decide(scaleUp).reason).toContain('"manager_approval" is not configured');
    }
  });
});

describe('a bundle that is not whole', () => {
  it.each<[string, string, string | Uint8Array, RegExp]>([
    ['other bytes', 'bundle/policy.wasm', 'nonsense', /has the hash .* not that of its manifest/],
    ['a manifest that is no JSON', 'bundle/manifest.json', '{', /manifest.json is no JSON/],
    ['a manifest of something else', 'bundle/manifest.json', '{"entrypoint":"x"}', /its entry point is "x"/],
    ['data that are no object', 'data.json', '[]', /data.json is no JSON object/],
  ])('%s: one clear error', async (_what, name, content, message) => {
    const other = await mkdtemp(join(folder, 'broken-'));
    await cp('policies', other, { recursive: true });
    await writeFile(join(other, name), content);
    await expect(loadPolicy(other)).rejects.toMatchObject({
      code: 'PARLEY_POLICY_BUNDLE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('a folder without one', async () => {
    await expect(loadPolicy(folder)).rejects.toThrow(/policy.wasm cannot be read/);
  });
});
