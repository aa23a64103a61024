/** Answers from what is known; declares an outage when several customers report the same service. */
import { type Agent, defineAgent } from '../../../runtime/index.ts';
import { customerOf, humanRef, type TechnicalIntents, technicalRef } from './intents.ts';
import { clearMatch } from './knowledge.ts';
import { outageFrom, reportTrouble } from './outages.ts';
import { moveTicket } from './tickets.ts';

export const technical: Agent<TechnicalIntents> = defineAgent({
  kind: technicalRef.kind,
  keyed: true,
  delivery: 'at_least_once',
  intents: technicalRef.intents,
  async receive({ context }, { self, broadcast, log, memory, now, tell }) {
    const { ticket, text } = context;
    const customer = customerOf(self);
    const [article] = await memory.semantic.search({ text, limit: 1, where: { topic: 'technical' } });
    if (article === undefined || article.score < clearMatch) {
      const taken = { ...context, why: 'no article is about it' };
      await tell(humanRef.at(customer), { intent_type: 'take', intent_id: `${ticket}-take`, context: taken });
      return;
    }
    const service = String(article.metadata.service);
    const { customers, declares } = await reportTrouble(memory.shared, service, customer, { ticket, at: now() });
    if (declares) {
      const { sent } = await broadcast({ intent_type: 'outage', context: { service, customers } });
      log.warn({ service, customers, told: sent.map(({ to }) => to) }, 'an outage');
    }
    const answer = customers < outageFrom ? article.text : `We know that ${service} does not work, and are at it.`;
    await moveTicket(memory.shared, customer, ticket, { state: 'answered', by: self, text: answer });
    log.info({ customer, ticket, answer }, 'answered');
  },
});
