/** The observation that the sensors of the cloud send to agents every tick. */
import { z } from 'zod';
import type { ServiceReading } from '../cloud/cloud.ts';

export interface Observation {
  readonly readings: readonly ServiceReading[];
}

export const readingSchema: z.ZodType<ServiceReading> = z.object({
  service: z.string().min(1),
  tick: z.number().int().nonnegative(),
  at: z.number(),
  load: z.number().nonnegative(),
  sourceConcentration: z.number().min(0).max(1),
  instances: z.number().int().nonnegative(),
  ready: z.number().int().nonnegative(),
  reserved: z.number().int().nonnegative(),
  limited: z.boolean(),
  utilization: z.number().min(0).max(1),
  latencyMs: z.number().nonnegative(),
  violated: z.boolean(),
  cost: z.number().nonnegative(),
});

export const observationSchema: z.ZodType<Observation> = z.object({ readings: z.array(readingSchema) });
