/** What an intent of the DevOps mesh may cost and how fast it must be: the article's constraints. */
import { z } from 'zod';

/** A type, not an interface: it is JSON too. */
export type Constraints = {
  /** What finding a cause may cost, USD. */
  readonly max_diagnostic_cost: number;
  /** What is left of the service's budget, USD a month. */
  readonly budget_remaining: number;
  /** In the article's form: `15_minutes`. */
  readonly response_time_sla: string;
};

export const constraintsSchema: z.ZodType<Constraints> = z.object({
  max_diagnostic_cost: z.number().nonnegative(),
  budget_remaining: z.number(),
  response_time_sla: z.string().regex(/^\d+_(minutes?|hours?)$/),
});
