/** Missing or mistyped values deny, with the reason: every field of every act, every setting. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { acts, inOther, missing, pathsOf, policyUnder, settings, withValue } from './policy-fixtures.ts';

let policy: PolicyEngine;
beforeAll(async () => {
  policy = await policyUnder();
});

const mistyped: readonly unknown[] = [null, true, false, '10', 'text', [], [1], {}];
const strictness: Readonly<Record<Effect, number>> = { allow: 0, require_approval: 1, deny: 2 };
const dotted = (path: readonly string[]): string => path.join('.');

describe.each(Object.entries(acts))('%s', (_name, act) => {
  /** What an intent may leave out, and what tells more than is needed. */
  const optional = ['arguments.service', 'constraints.budget_remaining', 'constraints.response_time_sla'];
  const needed: Readonly<Record<string, readonly string[]>> = {
    scale_up: ['arguments.instances', 'justification.utilization'],
    scale_down: ['arguments.instances', 'justification.utilization', 'justification.response_time_p99'],
    limit_rate: ['arguments.on', 'justification.source_concentration'],
    reserve_instances: ['arguments.instances', 'arguments.term_months'],
    diagnose: ['constraints.max_diagnostic_cost'],
  };

  it('An act is denied without any field that it needs', () => {
    const without = pathsOf(act).filter((path) => policy.decide(withValue(act, path, missing)).effect === 'deny');
    const always = ['action', 'agent_id', 'arguments', 'constraints', 'estimated_cost', 'justification', 'resource'];
    const expected = [...always, 'service', ...(needed[act.action] ?? [])];
    expect(without.map(dotted).sort()).toEqual(expected.sort());
    expect(pathsOf(act).map(dotted)).toEqual(expect.arrayContaining(optional));
  });

  /** Of the right type by chance, or a field that it can do without. */
  const harmless: Readonly<Record<string, readonly string[]>> = {
    scale_up: ['constraints={}'],
    scale_down: ['constraints={}', 'constraints.budget_remaining=-1.5'],
    limit_rate: ['constraints={}', 'constraints.budget_remaining=-1.5', 'arguments.on=true', 'arguments.on=false'],
    reserve_instances: ['constraints={}', 'justification={}'],
    diagnose: ['arguments={}', 'justification={}'],
  };

  it('An act is denied with a field of the wrong type, also one that it does not need', () => {
    const passed: string[] = [];
    for (const path of pathsOf(act)) {
      for (const value of [...mistyped, -1.5]) {
        const { effect, reason } = policy.decide(withValue(act, path, value));
        expect(reason).not.toBe('');
        if (effect !== 'deny') passed.push(`${dotted(path)}=${JSON.stringify(value)}`);
      }
    }
    const names = ['agent_id', 'on_behalf_of'].flatMap((name) => [`${name}="10"`, `${name}="text"`]);
    const expected = [...names, ...(harmless[act.action] ?? [])];
    expect(passed.sort()).toEqual(expected.sort());
  });
});

describe('a setting', () => {
  const always = ['tiers', 'tiers.safety', 'tiers.compliance', 'tiers.cost', 'tiers.performance', 'thresholds'];
  const everywhere = [...always, 'thresholds.manager_approval', 'budgets', 'budgets.monthly_limit', 'services'];
  const byAct: Readonly<Record<string, readonly string[]>> = {
    scale_up: ['thresholds.justified_utilization', 'budgets.checkout.remaining'],
    scale_down: ['thresholds.idle_utilization', 'services.default', 'services.default.sla_seconds'],
    limit_rate: ['thresholds.concentrated_sources'],
    reserve_instances: [
      'thresholds.long_contract_months',
      'thresholds.churning_direction_changes',
      'budgets.checkout.remaining',
      'services.checkout',
      'services.checkout.stable_demand',
    ],
    diagnose: [],
  };

  it.each(Object.entries(acts))('%s is denied without any setting that it needs, which is named', async (name, act) => {
    const denying: string[] = [];
    for (const path of pathsOf(settings)) {
      const { effect, reason } = (await policyUnder(withValue(settings, path, missing))).decide(act);
      if (effect !== 'deny') continue;
      denying.push(dotted(path));
      expect(reason).toMatch(/not configured|data\.json|keeps changing/);
    }
    expect(denying.sort()).toEqual([...everywhere, ...(byAct[name] ?? [])].sort());
  });

  const restricted: readonly [string, JsonObject][] = [
    ['above the threshold', { ...acts.scale_up, estimated_cost: 1_500 }],
    ['above the budget', { ...acts.scale_up, estimated_cost: 5_500 }],
    ['above the limit', { ...acts.diagnose, estimated_cost: 9_000 }],
    ['user data', { ...acts.scale_up, affects_user_data: true }],
    ['a regulation', { ...acts.limit_rate, regulation: 'gdpr' }],
    ['another region', { ...acts.limit_rate, regulation: 'gdpr', region: 'us-east-1' }],
    ['not busy', { ...acts.scale_up, justification: { utilization: 0.1 } }],
    ['not idle', { ...acts.scale_down, justification: { utilization: 0.9, response_time_p99: 0.1 } }],
    ['slow', { ...acts.scale_down, justification: { utilization: 0.1, response_time_p99: 0.9 } }],
    ['many sources', { ...acts.limit_rate, justification: { source_concentration: 0.1 } }],
    ['a long contract', { ...acts.reserve_instances, arguments: { instances: 2, term_months: 36 } }],
    ['churn', { ...acts.reserve_instances, justification: { direction_changes: 9 } }],
    ['decommissioning', inOther('legacy', acts.diagnose)],
    ['too few', { ...acts.scale_down, arguments: { instances: 1 } }],
  ];

  it('A missing or mistyped setting never permits what is denied with it', async () => {
    const before = restricted.map(([, act]) => strictness[policy.decide(act).effect]);
    expect(Math.min(...before)).toBeGreaterThan(0);
    for (const path of pathsOf(settings)) {
      for (const value of [missing, ...mistyped]) {
        // a service that is not listed, or of which nothing is said, is a new one: the default one's settings are its own
        const isUnlisted = path[0] === 'services' && (value === missing || JSON.stringify(value) === '{}');
        if (isUnlisted) continue;
        const changed = await policyUnder(withValue(settings, path, value));
        for (const [place, [what, act]] of restricted.entries()) {
          const { effect } = changed.decide(act);
          const told = `${dotted(path)}: ${String(value)}: ${what}`;
          expect(strictness[effect], told).toBeGreaterThanOrEqual(before[place] ?? 0);
        }
      }
    }
  });
});

it('A decision uses the settings in force, and names them', async () => {
  const lower = await policyUnder(withValue(settings, ['thresholds', 'manager_approval'], 50));
  expect([policy.decide(acts.scale_up).effect, lower.decide(acts.scale_up).effect]).toEqual([
    'allow',
    'require_approval',
  ]);
  expect(lower.bundle).not.toBe(policy.bundle);
  expect((await policyUnder()).bundle).toBe(policy.bundle);
});
