/** A proposal of an agent to a resource, with the verdict on it. */
import { z } from 'zod';
import type { Rationale } from '../../runtime/core/acting.ts';
import type { JsonObject } from '../../runtime/core/json.ts';

/** Names of acts, as policy and the cloud define them. */
const actNames = ['scale_up', 'scale_down', 'limit_rate', 'reserve_instances'] as const;
export type ActName = (typeof actNames)[number];

export interface Proposal {
  readonly action: ActName;
  readonly service: string;
  /** The arguments for the cloud. */
  readonly arguments: JsonObject;
  readonly direction: 'up' | 'down' | 'none';
  /** Compliance 90 when the promise to customers is at stake, cost 50, performance 10. */
  readonly tier: number;
  /** How long its reasons hold; 0: unknown. */
  readonly valid_ms: number;
  /** The cost of what it adds, USD per month. */
  readonly estimated_cost: number;
  /** Minutes until it takes effect. */
  readonly estimated_minutes: number;
  readonly justification: JsonObject;
  readonly reasons: Rationale;
}

/** The outcome of a proposal. */
export interface Verdict {
  readonly service: string;
  readonly action: string;
  readonly verdict: 'done' | 'refused' | 'denied';
  readonly reason: string;
}

const jsonSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;

const contextItem = z.object({
  source: z.enum(['semantic_memory', 'episodic_memory', 'shared_memory', 'working_memory', 'observation', 'agent']),
  id: z.string(),
  version: z.exactOptional(z.number()),
  text: z.string(),
  score: z.exactOptional(z.number()),
});

const reasons = z.object({
  context_retrieved: z.array(contextItem),
  alternatives_considered: z.array(z.intersection(z.object({ action: z.string() }), jsonSchema)),
  decision_rationale: z.string(),
  confidence_score: z.number().min(0).max(1),
  expected_outcome: jsonSchema,
}) as unknown as z.ZodType<Rationale>;

export const proposalSchema: z.ZodType<Proposal> = z.object({
  action: z.enum(actNames),
  service: z.string().min(1),
  arguments: jsonSchema,
  direction: z.enum(['up', 'down', 'none']),
  tier: z.number().int().min(0).max(100),
  valid_ms: z.number().nonnegative(),
  estimated_cost: z.number(),
  estimated_minutes: z.number().nonnegative(),
  justification: jsonSchema,
  reasons,
});

export const verdictSchema: z.ZodType<Verdict> = z.object({
  service: z.string(),
  action: z.string(),
  verdict: z.enum(['done', 'refused', 'denied']),
  reason: z.string(),
});
