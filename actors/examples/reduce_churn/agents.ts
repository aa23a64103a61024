/** The article's `reduce_churn`: a goal, constraints and success criteria; two agents find a way to reach the goal. */
import { z } from 'zod';
import { type Agent, agentRef, defineAgent, NonRetryableError } from '../../../runtime/index.ts';
import { customersOf, segmentNames } from './customers.ts';
import { conclude } from './decide.ts';
import { reachable, unknownLaws } from './laws.ts';
import { churnOf, type Offer, offersAt, rounded } from './offer.ts';

const rate = z.number().min(0).max(1);
const offered = z.object({
  discount: rate,
  customers: z.number(),
  cost: z.number(),
  churn: rate,
  roi: z.number(),
});

/** The `offers` agent knows the customers, so it can compute the effect of an offer. */
const alternatives = {
  context: z.object({ segment: z.string(), discount: rate }),
  constraints: z.object({ must_comply_with: z.array(z.string()) }),
  reply: z.object({ churn: rate, offers: z.array(offered), unknown_laws: z.array(z.string()).readonly() }),
};

const offersRef = agentRef('offers', { alternatives });

export const offers: Agent = defineAgent({
  kind: 'offers',
  delivery: 'at_least_once',
  intents: { alternatives },
  receive: {
    async alternatives({ context: { segment, discount }, constraints: { must_comply_with: laws } }, ctx) {
      const customers = customersOf(segment);
      // a retry does not create the segment: the sender learns at once
      if (customers === undefined)
        throw new NonRetryableError(`no segment "${segment}": there are ${segmentNames.join(', ')}`);
      await ctx.reply({
        churn: churnOf(customers),
        offers: offersAt(discount, customers, reachable(customers, laws)),
        unknown_laws: unknownLaws(laws),
      });
    },
  },
});

/** Where the sender names no limits, those of the house apply. */
const reduceChurn = {
  context: z.object({
    segment: z.string().min(1),
    urgency: z.enum(['low', 'medium', 'high']).default('medium'),
    /** The rate that the sender assumes; the report has the rate of the customer table. */
    current_churn_rate: rate.optional(),
  }),
  constraints: z.object({
    max_discount: rate.default(0.1),
    budget_remaining: z.number().nonnegative().default(25_000),
    must_comply_with: z.array(z.string()).default(['gdpr', 'can_spam']),
  }),
  success_criteria: z.object({
    /** One tenth less than now by default. */
    target_churn_rate: rate.optional(),
    min_roi: z.number().nonnegative().default(1),
  }),
  reply: z.object({
    outcome: z.enum(['planned', 'unneeded', 'escalated']),
    offer: offered.nullable(),
    success_criteria: z
      .array(
        z.object({
          name: z.enum(['target_churn_rate', 'min_roi']),
          wanted: z.number(),
          expected: z.number(),
          met: z.boolean(),
        }),
      )
      .readonly(),
    rationale: z.string(),
    current_churn_rate: rate,
    considered: z.number(),
  }),
};

/** Discounts to weigh, smallest first, each in one step: a discount is hard to take back. */
const steps = 8;
/** How long the agent may reason; after that the runtime calls a human. */
const patienceMs = { low: 60_000, medium: 30_000, high: 10_000 };

export const retention: Agent = defineAgent({
  kind: 'retention',
  delivery: 'at_least_once',
  intents: { reduce_churn: reduceChurn },
  receive: {
    async reduce_churn({ intent_id, context, constraints: limits, success_criteria: wanted }, ctx) {
      const { segment, urgency } = context;
      const { max_discount, must_comply_with } = limits;
      const considered: Offer[] = [];
      const timeoutMs = patienceMs[urgency];
      const result = await ctx.reason({ maxIterations: steps, timeoutMs }, async ({ iteration }) => {
        const discount = Math.min(max_discount, rounded(max_discount * (iteration / steps)));
        const question = {
          intent_type: 'alternatives',
          context: { segment, discount },
          constraints: { must_comply_with },
        } as const;
        const found = await ctx.ask(offersRef, question, { timeoutMs });
        for (const offer of found.offers) considered.push(offer);
        const { churn, offers, unknown_laws } = found;
        const goal = { ...wanted, target_churn_rate: wanted.target_churn_rate ?? rounded(0.9 * churn) };
        const isLastThought = iteration === steps;
        const conclusion = conclude(
          { churn, offers, considered, unknownLaws: unknown_laws, isLastThought },
          limits,
          goal,
        );
        return conclusion && { ...conclusion, current_churn_rate: churn, considered: considered.length };
      });
      // the runtime has called a human already
      if (result.kind === 'limit') return;
      const report = result.decision;
      const { outcome, offer, rationale } = report;
      ctx.log.info({ intent: intent_id, segment, outcome, offer, rationale }, 'concluded');
      if (outcome === 'escalated') {
        await ctx.escalate(`churn of "${segment}": ${rationale}`, { offer, considered: considered.length });
      }
      await ctx.reply(report);
    },
  },
});
