/** Builds the messages of the cost monitor: proposals with their reasons, or investigations. */
import type { Rationale } from '../../runtime/core/acting.ts';
import type { Reasoned } from '../../runtime/reasoning/reasoner.ts';
import type { ScaleDecision } from '../cloud/decisions.ts';
import { monthlyCost } from '../cloud/money.ts';
import { type ServiceView, steadyUtilization } from '../cloud/view.ts';
import type { Investigation } from '../protocol/agents.ts';
import type { Proposal } from '../protocol/proposal.ts';
import { alternativesOf, contextOf, type Recalled } from './question.ts';
import type { Spike } from './spike.ts';

const costTier = 50;

export interface Reasoning {
  readonly recalled: Recalled;
  readonly reasoned: Reasoned;
}

export function savingProposal(view: ServiceView, decision: ScaleDecision, reasoning?: Reasoning): Proposal {
  const { spec, now } = view;
  const { instances, why } = decision;
  const saved = monthlyCost(spec, now.instances - instances);
  const after = round(Math.min(1, now.load / (instances * spec.capacity)));
  return {
    action: 'scale_down',
    service: spec.service,
    arguments: { service: spec.service, instances, scale_factor: round(instances / Math.max(1, now.instances)) },
    direction: 'down',
    tier: costTier,
    valid_ms: 0,
    estimated_cost: 0,
    estimated_minutes: 0,
    justification: justificationOf(view),
    reasons: reasonsOf(view, reasoning, {
      rationale: `${why}: ${now.instances - instances} instances can go, which saves ${saved} USD a month`,
      confidence: 0.6,
      alternatives: [
        { action: 'scale_down', instances, estimated_savings: saved, risk: 'may hurt latency' },
        { action: 'stay', instances: now.instances, estimated_savings: 0 },
      ],
      expected: { utilization: after, violated: false },
    }),
  };
}

export function limitProposal(view: ServiceView, on: boolean, reasoning?: Reasoning): Proposal {
  const { spec, now } = view;
  return {
    action: 'limit_rate',
    service: spec.service,
    arguments: { service: spec.service, on },
    direction: 'none',
    tier: costTier,
    valid_ms: 0,
    estimated_cost: 0,
    estimated_minutes: 0,
    justification: { ...justificationOf(view), source_concentration: round(now.sourceConcentration) },
    reasons: reasonsOf(view, reasoning, {
      rationale: on
        ? 'few sources send most requests'
        : 'the sources are spread as usual again: no client has to be slowed down',
      confidence: 0.7,
      alternatives: [{ action: 'limit_rate', on }, { action: 'stay' }],
      expected: on ? { load_falls: true, violated: false } : { violated: false },
    }),
  };
}

interface Plain {
  readonly rationale: string;
  readonly confidence: number;
  readonly alternatives: Rationale['alternatives_considered'];
  readonly expected: Rationale['expected_outcome'];
}

/** Returns the reasons of the reasoner, or else the text of the plain rule. */
function reasonsOf(view: ServiceView, reasoning: Reasoning | undefined, plain: Plain): Rationale {
  const recalled = reasoning?.recalled ?? { knowledge: [], episodes: [], open: undefined };
  return {
    context_retrieved: contextOf(view, recalled),
    alternatives_considered: reasoning === undefined ? plain.alternatives : alternativesOf(reasoning.reasoned),
    decision_rationale: reasoning?.reasoned.rationale ?? plain.rationale,
    confidence_score: reasoning?.reasoned.confidence ?? plain.confidence,
    expected_outcome: plain.expected,
  };
}

const justificationOf = (view: ServiceView): Proposal['justification'] => ({
  utilization: round(steadyUtilization(view, 2)),
  response_time_p99: round(view.now.latencyMs / 1000),
});

/** Builds the article's `investigate` intent from the observed numbers. */
export function investigationOf({ spec, now }: ServiceView, spike: Spike): Investigation {
  return {
    anomaly_type: 'cost_spike',
    service: spec.service,
    cost_increase_pct: spike.increasePct,
    time_window: spike.timeWindow,
    affected_resources: Array.from({ length: Math.min(now.instances, 20) }, (_, n) => `${spec.service}-${n + 1}`),
    expected_load: Math.max(0, spike.expected),
    trend_pct: spike.trendPct,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
