/** Fixtures of the policy's tests: their own settings, acts that these permit, the committed rules under any settings. */
import { readFile } from 'node:fs/promises';
import type { Strategy } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';

export const settings: JsonObject & { readonly thresholds: JsonObject & { readonly manager_approval: number } } = {
  tiers: { safety: 100, compliance: 90, cost: 50, performance: 10 },
  thresholds: {
    justified_utilization: 0.8,
    idle_utilization: 0.3,
    concentrated_sources: 0.5,
    manager_approval: 1_000,
    long_contract_months: 12,
    churning_direction_changes: 6,
  },
  budgets: { monthly_limit: 8_000, default: { remaining: 500 }, checkout: { remaining: 5_000 } },
  services: {
    default: { min_instances: 1, sla_seconds: 0.25, stable_demand: false },
    checkout: { status: 'active', min_instances: 2, stable_demand: true },
    legacy: { status: 'decommissioning' },
  },
  compliance: { gdpr: { allowed_regions: ['eu-west-1'] } },
};

const base = {
  agent_id: 'resource/checkout',
  on_behalf_of: 'capacity_planner',
  resource: 'service/checkout',
  service: 'checkout',
  constraints: { budget_remaining: 6_000, max_diagnostic_cost: 10, response_time_sla: '15_minutes' },
};

type ActName = 'scale_up' | 'scale_down' | 'limit_rate' | 'reserve_instances' | 'diagnose';

/** Each is allowed under the settings above. */
export const acts: Readonly<Record<ActName, JsonObject & { readonly action: string }>> = {
  scale_up: {
    ...base,
    action: 'scale_up',
    estimated_cost: 100,
    arguments: { service: 'checkout', instances: 4 },
    justification: { utilization: 0.85, response_time_p99: 2.3 },
  },
  scale_down: {
    ...base,
    action: 'scale_down',
    estimated_cost: 0,
    arguments: { service: 'checkout', instances: 2 },
    justification: { utilization: 0.2, response_time_p99: 0.2 },
  },
  limit_rate: {
    ...base,
    action: 'limit_rate',
    estimated_cost: 0,
    arguments: { service: 'checkout', on: true },
    justification: { source_concentration: 0.6 },
  },
  reserve_instances: {
    ...base,
    action: 'reserve_instances',
    estimated_cost: 100,
    arguments: { service: 'checkout', instances: 4, term_months: 6 },
    justification: {},
  },
  diagnose: {
    ...base,
    action: 'diagnose',
    estimated_cost: 1.5,
    arguments: { service: 'checkout' },
    justification: {},
  },
};

export const inOther = (service: string, act: JsonObject): JsonObject => ({
  ...act,
  service,
  resource: `service/${service}`,
  arguments: { ...(act.arguments as JsonObject), service },
});

/** The committed rules. */
export async function policyUnder(data: JsonObject = settings, strategy?: Strategy): Promise<PolicyEngine> {
  const wasm = await readFile('policies/bundle/policy.wasm');
  return loadPolicy({ wasm, data }, strategy === undefined ? {} : { strategy });
}

type Path = readonly string[];

/** Every path within it, whole objects included. */
export function pathsOf(value: unknown, at: Path = []): readonly Path[] {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  const within = isBranch ? Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...at, key])) : [];
  return at.length === 0 ? within : [at, ...within];
}

export const missing: unique symbol = Symbol('missing');

/** A copy with another value at the path, or without it. */
export function withValue(value: JsonObject, path: Path, other: unknown): JsonObject {
  const copy = structuredClone(value) as Record<string, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  if (other === missing) delete holder[last];
  else holder[last] = other;
  return copy as JsonObject;
}
