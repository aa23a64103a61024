/** Pays back what policy allows. Asks the CRM, which is another app, what the order was. */
import { type Agent, defineAgent, needs, type TraceStore } from '../../../runtime/index.ts';
import { crmRef } from './crm/intents.ts';
import { type BillingIntents, billingRef, customerOf, humanRef } from './intents.ts';
import type { RefundLedger } from './refund-ledger.ts';
import { moveTicket } from './tickets.ts';

export interface BillingServices {
  readonly ledger: Pick<RefundLedger, 'refundedBefore'>;
  /** Where the runtime has written why the agent acted: the agent adds what came of it. */
  readonly traces: Pick<TraceStore, 'close'>;
}

const monthMs = 30 * 86_400_000;

export const billing: Agent<BillingIntents, BillingServices> = defineAgent({
  kind: billingRef.kind,
  keyed: true,
  delivery: 'at_least_once',
  intents: billingRef.intents,
  services: needs<BillingServices>(),
  receive: {
    async refund({ intent_id, root_intent_id, context }, ctx) {
      const { ticket, text, order, cents } = context;
      const { self, memory, services } = ctx;
      const customer = customerOf(self);
      const { paid } = await ctx.ask(crmRef.at(customer), { intent_type: 'order', context: { order } });
      // without this ticket: a repeated attempt must see the same facts as the first one, which may have paid already
      const before = await services.ledger.refundedBefore(customer, order, ticket);
      const since = ctx.now() - monthMs;
      const episodes = await memory.episodic.recall({ contains: { customer, paid_back: true }, since, limit: 100 });
      const others = episodes.filter((episode) => episode.intent_id !== intent_id);
      const this_month = others.reduce((sum, { context: { cents: one } }) => sum + Number(one), 0);

      const result = await ctx.act(
        {
          name: 'refund',
          resource: `order/${customer}/${order}`,
          arguments: { customer, order, cents, ticket },
          facts: { paid, refunded_before: before, refunded_this_month: this_month },
        },
        {
          context_retrieved: others.map(({ episode_id, summary }) => ({
            source: 'episodic_memory',
            id: episode_id,
            text: summary,
          })),
          alternatives_considered: [{ action: 'hand_over' }],
          decision_rationale: `the customer wants ${cents} of the ${paid} cents of order ${order} back: ${text}`,
          confidence_score: 1,
          expected_outcome: { refunded: cents },
        },
      );

      const isPaid = result.status === 'done';
      await memory.episodic.record({
        agent_id: self,
        intent_id,
        step: 'refund',
        root_intent_id: root_intent_id ?? intent_id,
        at: ctx.now(),
        action_taken: 'refund',
        context: { customer, order, cents, paid_back: isPaid },
        summary: `${cents} cents of order ${order} ${isPaid ? 'paid back' : 'not paid back'}`,
        confidence: 1,
        cost_usd: isPaid ? cents / 100 : 0,
      });
      if (isPaid) {
        await services.traces.close(result.trace_id, { refunded: cents }, true);
        const answer = `We have paid back ${(cents / 100).toFixed(2)} USD of order ${order}.`;
        await moveTicket(memory.shared, customer, ticket, { state: 'answered', by: self, text: answer });
        ctx.log.info({ customer, ticket, answer }, 'answered');
        return;
      }
      const taken = { ticket, text, why: `no refund of ${cents} cents: ${result.reason}` };
      await ctx.tell(humanRef.at(customer), { intent_type: 'take', intent_id: `${ticket}-take`, context: taken });
    },
  },
});
