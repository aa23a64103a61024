/** The intent that the performance optimizer accepts: the article's `investigate`. */
import { z } from 'zod';
import type { Intent } from '../../runtime/core/intent.ts';
import type { IntentSchemas } from '../../runtime/core/intent-schema.ts';
import type { Observation } from './bottleneck.ts';

export interface Investigation {
  readonly service: string;
  readonly resources: readonly string[];
  readonly increasePct: number;
  readonly observation: Observation;
}

const investigateContext = z.object({
  anomaly_type: z.literal('cost_spike'),
  service: z.string().min(1),
  cost_increase_pct: z.number().positive(),
  time_window: z.string().regex(/^last_[1-9]\d*_(minute|hour)s?$/),
  affected_resources: z.array(z.string().min(1)).min(1),
  severity: z.enum(['minor', 'major', 'critical']),
  observed: z.object({
    at: z.string(),
    value: z.number(),
    expected: z.number(),
    noise: z.number().nonnegative(),
    trend_pct: z.number(),
    highest_before: z.number().nullable(),
    capacity: z.number().positive().nullable(),
    recent: z.array(z.number()),
  }),
});

const investigateConstraints = z.object({
  response_time_sla: z.string().min(1),
  max_diagnostic_cost: z.number().nonnegative(),
  budget: z.number().nonnegative(),
});

const investigateCriteria = z.object({
  identify_root_cause: z.boolean(),
  provide_remediation_options: z.boolean(),
});

export const performanceOptimizerIntents: IntentSchemas = Object.freeze({
  investigate: {
    context: investigateContext,
    constraints: investigateConstraints,
    success_criteria: investigateCriteria,
  },
});

/** What an `investigate` intent that has passed its schema asks about. */
export function readInvestigation(intent: Intent): Investigation {
  const context = investigateContext.parse(intent.context);
  const { value, expected, noise, trend_pct, highest_before, capacity } = context.observed;
  return {
    service: context.service,
    resources: context.affected_resources,
    increasePct: context.cost_increase_pct,
    observation: {
      value,
      expected,
      noise,
      trendPct: trend_pct,
      highestBefore: highest_before ?? undefined,
      capacity: capacity ?? undefined,
    },
  };
}
