/** The article's constraints of an intent: its budget with its time limit. */
import { z } from 'zod';

/** A type, not an interface: it is JSON too. */
export type Constraints = {
  /** The limit for finding a cause, USD. */
  readonly max_diagnostic_cost: number;
  /** The remaining budget of the service, USD per month. */
  readonly budget_remaining: number;
  /** In the article's form: `15_minutes`. */
  readonly response_time_sla: string;
};

export const constraintsSchema: z.ZodType<Constraints> = z.object({
  max_diagnostic_cost: z.number().nonnegative(),
  budget_remaining: z.number(),
  response_time_sla: z.string().regex(/^\d+_(minutes?|hours?)$/),
});
