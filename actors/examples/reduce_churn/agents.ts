/** The article's `reduce_churn`: a goal, constraints and success criteria; two agents find out how to get there. */
import { z } from 'zod';
import { type Agent, agentRef, defineAgent } from '../../../runtime/index.ts';
import { customersOf } from './customers.ts';
import { type Offer, offerOf } from './offer.ts';

const quoted = z.object({
  discount: z.number(),
  customers: z.number(),
  cost: z.number(),
  churn: z.number(),
  roi: z.number(),
});

/** `offers` knows the customers, and what an offer to some of them would do. */
const quote = {
  context: z.object({ segment: z.string(), discount: z.number().min(0).max(1), share: z.number().min(0).max(1) }),
  reply: quoted,
};

const offersRef = agentRef('offers', { quote });

export const offers: Agent = defineAgent({
  kind: 'offers',
  delivery: 'at_least_once',
  intents: { quote },
  receive: {
    async quote({ context: { segment, discount, share } }, ctx) {
      const customers = customersOf(segment);
      if (customers === undefined) throw Object.assign(new Error(`no segment "${segment}"`), { retryable: false });
      await ctx.reply(offerOf(customers, discount, share));
    },
  },
});

const reduceChurn = {
  context: z.object({
    segment: z.string(),
    urgency: z.enum(['low', 'medium', 'high']).default('medium'),
    current_churn_rate: z.number().min(0).max(1),
  }),
  constraints: z.object({
    max_discount: z.number().min(0).max(1),
    budget_remaining: z.number().nonnegative(),
    must_comply_with: z.array(z.string()).default([]),
  }),
  success_criteria: z.object({ target_churn_rate: z.number().min(0).max(1), min_roi: z.number().nonnegative() }),
  reply: z.object({ offer: quoted, considered: z.number(), rationale: z.string() }),
};

/** Tried from the cheapest: smaller discounts to fewer customers first. */
const discounts = [0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25];
const shares = [0.1, 0.2, 0.35, 0.5, 0.75, 1];

export const retention: Agent = defineAgent({
  kind: 'retention',
  delivery: 'at_least_once',
  intents: { reduce_churn: reduceChurn },
  receive: {
    async reduce_churn({ context, constraints, success_criteria: wanted }, ctx) {
      const allowed = discounts.filter((discount) => discount <= constraints.max_discount);
      const considered: Offer[] = [];
      // one thought weighs one discount; when none will do, a human is called
      const offer = await ctx.reason({ maxIterations: Math.max(1, allowed.length) }, async ({ iteration }) => {
        const discount = allowed[iteration - 1];
        if (discount === undefined) return undefined;
        for (const share of shares) {
          const asked = { intent_type: 'quote', context: { segment: context.segment, discount, share } } as const;
          const offered = await ctx.ask(offersRef, asked);
          considered.push(offered);
          const isEnough = offered.churn <= wanted.target_churn_rate && offered.roi >= wanted.min_roi;
          if (isEnough && offered.cost <= constraints.budget_remaining) return offered;
        }
        return undefined;
      });
      if (offer === undefined) return;
      const rationale = `${Math.round(100 * offer.discount)} % to the ${offer.customers} most likely to leave brings churn to ${offer.churn}, for ${offer.cost} USD`;
      ctx.log.info({ segment: context.segment, ...offer }, 'offer found');
      await ctx.reply({ offer, considered: considered.length, rationale });
    },
  },
});
