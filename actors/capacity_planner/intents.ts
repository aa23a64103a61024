/** The intent that the capacity planner accepts: `optimize`, with a finding and options. */
import { z } from 'zod';
import type { Intent } from '../../runtime/core/intent.ts';
import type { IntentSchemas } from '../../runtime/core/intent-schema.ts';
import type { Demand } from './plan.ts';

export interface Consultation {
  readonly service: string;
  readonly demand: Demand;
}

const remedies = ['scale_out', 'enable_rate_limiting', 'reserve_capacity'] as const;

const optimizeContext = z.object({
  service: z.string().min(1),
  affected_resources: z.array(z.string().min(1)).min(1),
  cost_increase_pct: z.number().positive(),
  bottleneck: z.string().min(1),
  confidence: z.number().min(0).max(1),
  evidence: z.array(z.string()),
  options: z.array(z.enum(remedies)).min(1),
  load: z.object({ value: z.number(), expected: z.number() }),
});

const optimizeConstraints = z.object({ budget: z.number().nonnegative() });

const optimizeCriteria = z.object({ load_carried: z.boolean(), within_budget: z.boolean() });

export const capacityPlannerIntents: IntentSchemas = Object.freeze({
  optimize: { context: optimizeContext, constraints: optimizeConstraints, success_criteria: optimizeCriteria },
});

/** What an `optimize` intent that has passed its schema asks for. */
export function readConsultation(intent: Intent): Consultation {
  const context = optimizeContext.parse(intent.context);
  const { budget } = optimizeConstraints.parse(intent.constraints);
  return {
    service: context.service,
    demand: {
      value: context.load.value,
      expected: context.load.expected,
      resources: context.affected_resources.length,
      bottleneck: context.bottleneck,
      confidence: context.confidence,
      options: context.options,
      budget,
    },
  };
}
