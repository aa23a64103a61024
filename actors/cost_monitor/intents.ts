/** The intent that the cost monitor accepts: `scale`, the planner's proposal. */
import { z } from 'zod';
import type { Intent } from '../../runtime/core/intent.ts';
import type { IntentSchemas } from '../../runtime/core/intent-schema.ts';

export interface Proposal {
  readonly service: string;
  readonly action: string;
  /** USD a month. */
  readonly estimatedCost: number;
  readonly risk: string;
}

const scaleContext = z.object({
  type: z.literal('proposal'),
  service: z.string().min(1),
  proposal: z.object({
    action: z.string().min(1),
    parameters: z.record(z.string(), z.unknown()),
    estimated_cost: z.number().nonnegative(),
    risk: z.string(),
  }),
  decision_rationale: z.string(),
  confidence_score: z.number().min(0).max(1),
});

const scaleConstraints = z.object({ budget: z.number().nonnegative() });

export const costMonitorIntents: IntentSchemas = Object.freeze({
  scale: { context: scaleContext, constraints: scaleConstraints },
});

/** What a `scale` intent that has passed its schema proposes. */
export function readProposal(intent: Intent): Proposal {
  const { service, proposal } = scaleContext.parse(intent.context);
  return { service, action: proposal.action, estimatedCost: proposal.estimated_cost, risk: proposal.risk };
}
