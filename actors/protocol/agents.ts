/** The protocol between the agents of the DevOps mesh: addresses, intents, replies. */
import { z } from 'zod';
import { agentRef, type KindRef } from '../../runtime/core/agent-ref.ts';
import type { ServiceReading } from '../cloud/cloud.ts';
import type { Forecast } from '../cloud/decisions.ts';
import { type Constraints, constraintsSchema } from './constraints.ts';
import { type Observation, observationSchema, readingSchema } from './observation.ts';
import { type Proposal, proposalSchema, type Verdict, verdictSchema } from './proposal.ts';

export interface ServiceQuestion {
  readonly service: string;
}

/** The size that the optimizer insists on. */
export interface Position {
  readonly instances: number;
  /** How long the position holds; 0: as far as the optimizer can see now. */
  readonly valid_ms: number;
  /** True when the reason for its granted instances is over. */
  readonly released: boolean;
  readonly why: string;
}

/** The article's example, with the observed numbers. */
export interface Investigation {
  readonly anomaly_type: 'cost_spike';
  readonly service: string;
  readonly cost_increase_pct: number;
  readonly time_window: string;
  readonly affected_resources: readonly string[];
  readonly expected_load: number;
  readonly trend_pct: number;
}

export interface Settlement {
  readonly reading: ServiceReading;
}

const serviceQuestion: z.ZodType<ServiceQuestion> = z.object({ service: z.string().min(1) });

const forecastSchema: z.ZodType<Forecast> = z.object({
  peak: z.number().nonnegative(),
  low: z.number().nonnegative(),
  horizonTicks: z.number().int().positive(),
  passing: z.boolean(),
  confidence: z.number().min(0).max(1),
});

const positionSchema: z.ZodType<Position> = z.object({
  instances: z.number().int().nonnegative(),
  valid_ms: z.number().nonnegative(),
  released: z.boolean(),
  why: z.string(),
});

const investigationSchema: z.ZodType<Investigation> = z.object({
  anomaly_type: z.literal('cost_spike'),
  service: z.string().min(1),
  cost_increase_pct: z.number(),
  time_window: z.string().min(1),
  affected_resources: z.array(z.string()),
  expected_load: z.number().nonnegative(),
  trend_pct: z.number(),
});

const settlementSchema: z.ZodType<Settlement> = z.object({ reading: readingSchema });

interface Takes<C> {
  readonly context: z.ZodType<C>;
}

interface Bounded<C> extends Takes<C> {
  readonly constraints: z.ZodType<Constraints>;
}

interface Answers<C, R> extends Takes<C> {
  readonly reply: z.ZodType<R>;
}

export type PlannerIntents = {
  readonly observe: Takes<Observation>;
  readonly forecast: Answers<ServiceQuestion, Forecast>;
  readonly verdict: Takes<Verdict>;
};

export type OptimizerIntents = {
  readonly observe: Takes<Observation>;
  readonly investigate: Bounded<Investigation>;
  readonly position: Answers<ServiceQuestion, Position>;
  readonly verdict: Takes<Verdict>;
};

export type MonitorIntents = {
  readonly observe: Takes<Observation>;
  readonly verdict: Takes<Verdict>;
};

export type ResourceIntents = {
  readonly propose: Bounded<Proposal>;
  readonly settle: Takes<Settlement>;
};

const observe = { context: observationSchema };
const verdict = { context: verdictSchema };

export const plannerRef: KindRef<PlannerIntents> = agentRef('capacity_planner', {
  observe,
  forecast: { context: serviceQuestion, reply: forecastSchema },
  verdict,
});

export const optimizerRef: KindRef<OptimizerIntents> = agentRef('performance_optimizer', {
  observe,
  investigate: { context: investigationSchema, constraints: constraintsSchema },
  position: { context: serviceQuestion, reply: positionSchema },
  verdict,
});

export const monitorRef: KindRef<MonitorIntents> = agentRef('cost_monitor', { observe, verdict });

/** `resource/<service>`: the only agent that changes a service. */
export const resourceRef: KindRef<ResourceIntents> = agentRef('resource', {
  propose: { context: proposalSchema, constraints: constraintsSchema },
  settle: { context: settlementSchema },
});
