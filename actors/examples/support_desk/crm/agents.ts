/** The agents of the CRM: one for each customer, and one that shows which services do not work. */
import { z } from 'zod';
import { type Agent, agentRef, defineAgent, type KindRef } from '../../../../runtime/index.ts';
import { type Outage, outageIntent } from '../intents.ts';
import { type CrmIntents, crmRef } from './intents.ts';

export const crm: Agent<CrmIntents> = defineAgent({
  kind: crmRef.kind,
  keyed: true,
  delivery: 'at_least_once',
  intents: crmRef.intents,
  receive: {
    // every customer of this example has nine orders: the first cost 25 USD, the ninth 225
    order: ({ context: { order } }, { reply }) => reply({ paid: order <= 9 ? order * 2_500 : 0 }),
  },
});

const services: z.ZodType<readonly string[]> = z.array(z.string()).readonly();

export type StatusPageIntents = {
  readonly outage: { readonly context: z.ZodType<Outage> };
  readonly outages: { readonly reply: z.ZodType<readonly string[]> };
};

const statusPageRef: KindRef<StatusPageIntents> = agentRef('status_page', {
  outage: outageIntent,
  outages: { reply: services },
});

export const statusPage: Agent<StatusPageIntents> = defineAgent({
  kind: statusPageRef.kind,
  delivery: 'at_least_once',
  intents: statusPageRef.intents,
  receive: {
    async outage({ context: { service, customers } }, { working }) {
      await working.set(service, customers);
    },
    async outages(_intent, { reply, working }) {
      await reply(Object.keys(await working.entries()));
    },
  },
});
