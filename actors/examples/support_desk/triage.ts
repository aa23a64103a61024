/** The first to read a ticket: finds out whose it is, and passes it on. */
import { type Agent, defineAgent } from '../../../runtime/index.ts';
import type { SemanticMemory } from '../../../runtime/memory/index.ts';
import { billingRef, customerOf, humanRef, type TriageIntents, technicalRef, triageRef } from './intents.ts';
import { clearMatch, topicOf } from './knowledge.ts';
import { moveTicket, ticketState } from './tickets.ts';

const hourMs = 3_600_000;

export const triage: Agent<TriageIntents> = defineAgent({
  kind: triageRef.kind,
  keyed: true,
  delivery: 'at_least_once',
  intents: triageRef.intents,
  receive: {
    async help({ context }, { self, log, memory, reason, tell, working }) {
      const { ticket, text } = context;
      const customer = customerOf(self);
      const { state } = await ticketState(memory.shared, customer, ticket);
      if (state === 'answered') return;
      await moveTicket(memory.shared, customer, ticket, { state: 'open', by: self, text });
      // what the words say; what is known; what the customer's last ticket was about
      const looks = [
        () => topicOf(text),
        () => topicFound(memory.semantic, text),
        () => working.get('topic') as Promise<Topic | undefined>,
      ];
      const found = await reason({ maxIterations: looks.length }, ({ iteration }) => looks[iteration - 1]?.());
      const topic = found.kind === 'decided' ? found.decision : 'unclear';
      log.info({ customer, ticket, topic }, 'sorted');
      if (topic === 'technical') {
        await working.set('topic', topic, { ttlMs: hourMs });
        // the id is the ticket's: when this node dies in between, the ticket is still passed on as the same intent
        await tell(technicalRef.at(customer), { intent_type: 'solve', intent_id: `${ticket}-solve`, context });
        return;
      }
      const why = topic === 'billing' ? 'a question about money, without an order' : 'nobody knows what it is about';
      await tell(humanRef.at(customer), {
        intent_type: 'take',
        intent_id: `${ticket}-take`,
        context: { ...context, why },
      });
    },
    async refund({ context }, { self, memory, tell }) {
      const { ticket, text } = context;
      await moveTicket(memory.shared, customerOf(self), ticket, { state: 'open', by: self, text });
      const intent_id = `${ticket}-refund`;
      await tell(billingRef.at(customerOf(self)), { intent_type: 'refund', intent_id, context });
    },
    async status({ context }, { self, memory, reply }) {
      await reply(await ticketState(memory.shared, customerOf(self), context.ticket));
    },
  },
});

type Topic = 'billing' | 'technical';

async function topicFound(semantic: SemanticMemory, text: string): Promise<Topic | undefined> {
  const [best] = await semantic.search({ text, limit: 1 });
  if (best === undefined || best.score < clearMatch) return undefined;
  return best.metadata.topic as Topic;
}
