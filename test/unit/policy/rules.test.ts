/** The committed rules, compiled: those of the article, with the additions of the DevOps mesh. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { acts, inOther, policyUnder, settings } from './policy-fixtures.ts';

let policy: PolicyEngine;
beforeAll(async () => {
  policy = await policyUnder();
});

type Change = { readonly [part: string]: JsonObject[string] };

/** Parts that are objects are merged. */
function changed(act: JsonObject, change: Change): JsonObject {
  const parts = Object.entries(change).map(([key, value]) => {
    const before = act[key];
    const isMerged = typeof before === 'object' && typeof value === 'object' && value !== null;
    return [key, isMerged ? { ...before, ...value } : value] as const;
  });
  return { ...act, ...Object.fromEntries(parts) };
}

it.each(Object.entries(acts))('The rules allow %s without a reason against it', (_name, act) => {
  expect(policy.decide(act)).toMatchObject({ effect: 'allow', conflict: false });
});

describe('scaling up', () => {
  it.each<[string, Change, Effect, string]>([
    ['that nothing justifies', { justification: { utilization: 0.8 } }, 'deny', 'performance.scale_up'],
    ['for all that is left of the budget', { estimated_cost: 5_000 }, 'deny', 'cost.service_budget'],
    ['at the threshold', { estimated_cost: 1_000 }, 'allow', 'performance.scale_up'],
    ['above it: a manager approves', { estimated_cost: 1_001 }, 'require_approval', 'cost.manager_approval'],
    ['above the limit for all', { estimated_cost: 8_001 }, 'deny', 'cost.monthly_limit'],
    ["above the intent's budget", { constraints: { budget_remaining: 99 } }, 'deny', 'cost.intent_budget'],
    ['that takes longer than the intent has', { estimated_minutes: 20 }, 'deny', 'compliance.response_time_sla'],
    ['that affects user data', { affects_user_data: true }, 'require_approval', 'safety.user_data'],
    ['under the GDPR', { regulation: 'gdpr' }, 'require_approval', 'compliance.gdpr'],
    ['under the GDPR, elsewhere', { regulation: 'gdpr', region: 'us-east-1' }, 'deny', 'compliance.gdpr'],
    ['under an unknown law', { regulation: 'hipaa' }, 'deny', 'compliance.regulation'],
    ['to nothing, in truth', { arguments: { instances: 0 } }, 'deny', 'safety.min_instances'],
  ])('Scaling up is decided by the rules: %s', (_what, change, effect, winner) => {
    const decision = policy.decide(changed(acts.scale_up, change));
    expect([decision.effect, decision.winners.includes(winner)]).toEqual([effect, true]);
  });
});

describe('the other acts', () => {
  it.each<[string, JsonObject, Change, Effect, string]>([
    ['what does not idle stays', acts.scale_down, { justification: { utilization: 0.3 } }, 'deny', 'cost.scale_down'],
    [
      'nothing is taken away while the promise is broken',
      acts.scale_down,
      { justification: { response_time_p99: 0.3 } },
      'deny',
      'compliance.service_sla',
    ],
    ['the least instances stay', acts.scale_down, { arguments: { instances: 1 } }, 'deny', 'safety.min_instances'],
    [
      'customers are not slowed down',
      acts.limit_rate,
      { justification: { source_concentration: 0.1 } },
      'deny',
      'performance.limit_rate',
    ],
    ['a limit may always end', acts.limit_rate, { arguments: { on: false } }, 'allow', 'performance.limit_rate'],
    [
      'a long contract is approved',
      acts.reserve_instances,
      { arguments: { term_months: 36 } },
      'require_approval',
      'cost.long_contract',
    ],
    [
      'a costly contract is approved',
      acts.reserve_instances,
      { estimated_cost: 2_000 },
      'require_approval',
      'cost.manager_approval',
    ],
    [
      'no contract while demand churns',
      acts.reserve_instances,
      { justification: { direction_changes: 6 } },
      'deny',
      'cost.churn',
    ],
    ['a diagnosis may cost what the intent allows', acts.diagnose, { estimated_cost: 10 }, 'allow', 'cost.diagnose'],
    ['and no more', acts.diagnose, { estimated_cost: 10.01 }, 'deny', 'cost.diagnose'],
  ])('The rules decide: %s', (_what, act, change, effect, winner) => {
    const decision = policy.decide(changed(act, change));
    expect([decision.effect, decision.winners.includes(winner)]).toEqual([effect, true]);
  });

  it('The rules permit no contract for a service whose demand is not declared stable', () => {
    expect(policy.decide(inOther('search', acts.reserve_instances)).winners).toContain('cost.stable_demand');
  });

  it.each(Object.entries(acts))('The rules deny %s of a service that is being decommissioned', (_name, act) => {
    const decision = policy.decide(inOther('legacy', act));
    expect([decision.effect, decision.winners.includes('safety.decommissioning')]).toEqual(['deny', true]);
  });
});

describe('rules that differ', () => {
  const act = { ...acts.scale_up, estimated_cost: 8_001, affects_user_data: true };

  it('deny_overrides takes the strictest of rules that differ, and shows the others', () => {
    const { effect, contributions, conflict } = policy.decide(act);
    expect([effect, conflict]).toEqual(['deny', true]);
    expect(contributions.map(({ tier, id, effect: said }) => [tier, id, said])).toEqual([
      [100, 'safety.user_data', 'require_approval'],
      [50, 'cost.intent_budget', 'deny'],
      [50, 'cost.manager_approval', 'require_approval'],
      [50, 'cost.monthly_limit', 'deny'],
      [50, 'cost.service_budget', 'deny'],
    ]);
  });

  it('highest_tier takes the word of safety among rules that differ, and shows the others', async () => {
    const { effect, winners, contributions } = (await policyUnder(settings, 'highest_tier')).decide(act);
    expect([effect, winners, contributions.length]).toEqual(['require_approval', ['safety.user_data'], 5]);
  });
});

it('The committed folder holds the tested policy', async () => {
  const committed = await loadPolicy('policies');
  const decision = committed.decide(inOther('legacy_reports', acts.scale_up));
  expect(decision).toMatchObject({ effect: 'deny', strategy: 'deny_overrides', bundle: committed.bundle });
  expect(decision.winners).toContain('safety.decommissioning');
});
