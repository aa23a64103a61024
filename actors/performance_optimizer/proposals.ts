/** Builds the messages of the performance optimizer: proposals with their reasons, or diagnoses. */
import type { ProposedAction, Rationale } from '../../runtime/core/acting.ts';
import { bootTicks, tickMs } from '../cloud/catalogue.ts';
import type { Forecast, ScaleDecision } from '../cloud/decisions.ts';
import { monthlyCost } from '../cloud/money.ts';
import { type ServiceView, steadyUtilization } from '../cloud/view.ts';
import type { Investigation } from '../protocol/agents.ts';
import type { Constraints } from '../protocol/constraints.ts';
import type { Proposal } from '../protocol/proposal.ts';

/** From this utilisation on, the promise to customers is at stake. */
const urgentAbove = 0.75;
const urgentTier = 90;
const performanceTier = 10;
/** The cost of profiling a service, USD. */
const diagnosisCost = 1.5;
const diagnosisMinutes = 5;

export function speedProposal(
  view: ServiceView,
  decision: ScaleDecision,
  forecast: Forecast | undefined,
  cause: string | undefined,
): Proposal {
  const { spec, now } = view;
  const { instances, why } = decision;
  const extra = monthlyCost(spec, instances - now.instances);
  return {
    action: 'scale_up',
    service: spec.service,
    arguments: { service: spec.service, instances, scale_factor: round(instances / Math.max(1, now.instances)) },
    direction: 'up',
    tier: now.utilization > urgentAbove ? urgentTier : performanceTier,
    valid_ms: forecast === undefined ? 0 : forecast.horizonTicks * tickMs,
    estimated_cost: extra,
    estimated_minutes: (bootTicks * tickMs) / 60_000,
    justification: {
      utilization: round(Math.max(now.utilization, steadyUtilization(view, 2))),
      response_time_p99: round(now.latencyMs / 1000),
    },
    reasons: reasonsOf(view, decision, forecast, cause ?? why),
  };
}

function reasonsOf(
  { spec, now }: ServiceView,
  { instances, why }: ScaleDecision,
  forecast: Forecast | undefined,
  cause: string,
): Rationale {
  const seen = { source: 'observation', id: `${spec.service}@${now.tick}`, text: why } as const;
  const forecastItems =
    forecast === undefined
      ? []
      : [
          {
            source: 'agent',
            id: 'capacity_planner',
            text: forecastText(forecast),
            score: forecast.confidence,
          } as const,
        ];
  const expected = forecast === undefined ? now.load : Math.max(now.load, forecast.peak);
  return {
    context_retrieved: [seen, ...forecastItems],
    alternatives_considered: [
      { action: 'scale_up', instances, estimated_cost: monthlyCost(spec, instances - now.instances) },
      { action: 'stay', instances: now.instances, estimated_cost: 0, risk: 'latency above what was promised' },
    ],
    decision_rationale: forecast === undefined ? cause : `${cause}; ${forecastText(forecast)}`,
    confidence_score: forecast?.confidence ?? 0.5,
    expected_outcome: { utilization: round(Math.min(1, expected / (instances * spec.capacity))), violated: false },
  };
}

const forecastText = ({ peak, horizonTicks }: Forecast): string =>
  `a peak of ${Math.round(peak)} requests a second is expected within ${(horizonTicks * tickMs) / 60_000} minutes`;

/** Builds the act of a diagnosis: it costs money, so policy decides. */
export function diagnosisOf(investigation: Investigation, constraints: Constraints): [ProposedAction, Rationale] {
  const { service, cost_increase_pct } = investigation;
  return [
    {
      name: 'diagnose',
      resource: `service/${service}`,
      arguments: { service, cost: diagnosisCost },
      facts: {
        service,
        estimated_cost: diagnosisCost,
        estimated_minutes: diagnosisMinutes,
        justification: { cost_increase_pct },
      },
    },
    {
      context_retrieved: [{ source: 'agent', id: 'cost_monitor', text: `cost rose by ${cost_increase_pct} %` }],
      alternatives_considered: [
        { action: 'diagnose', estimated_cost: diagnosisCost },
        { action: 'wait', estimated_cost: 0, risk: 'delays resolution' },
      ],
      decision_rationale: `finding the cause may cost ${constraints.max_diagnostic_cost} USD, and costs ${diagnosisCost}`,
      confidence_score: 0.8,
      expected_outcome: { cause_found: true },
    },
  ];
}

const round = (value: number): number => Math.round(value * 100) / 100;
