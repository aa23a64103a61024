/** The people of the desk: keeps what waits for them, and reminds them. */
import { type ActivationContext, type Agent, defineAgent, needs } from '../../../runtime/index.ts';
import { customerOf, type HumanIntents, humanRef } from './intents.ts';
import { moveTicket } from './tickets.ts';

export interface HumanServices {
  /** How long a ticket may wait for a person, milliseconds. */
  readonly remindAfterMs: number;
}

/** Kept longer than a ticket may wait. */
const ttlMs = 86_400_000;

export const human: Agent<HumanIntents, HumanServices> = defineAgent({
  kind: humanRef.kind,
  keyed: true,
  // outages are for the whole team, whose agent is human/team
  broadcasts: ['team'],
  delivery: 'at_least_once',
  intents: humanRef.intents,
  services: needs<HumanServices>(),
  // timers are in memory: an agent that comes back sets its timer again
  activated: remindLater,
  timers: {
    async remind(ctx) {
      const waiting = await ctx.working.entries();
      const overdue = Object.keys(waiting).filter((ticket) => isOverdue(Number(waiting[ticket]), ctx));
      for (const ticket of overdue) {
        await ctx.escalate(`ticket ${ticket} of ${customerOf(ctx.self)} waits for too long`, { ticket });
        await ctx.working.delete(ticket);
      }
      await remindLater(ctx);
    },
  },
  receive: {
    async take({ context: { ticket, why } }, ctx) {
      const { self, memory, working, services } = ctx;
      const isNew = await moveTicket(memory.shared, customerOf(self), ticket, {
        state: 'with_human',
        by: self,
        text: why,
      });
      ctx.log.info({ customer: customerOf(self), ticket, why, isNew }, 'a person is needed');
      const since = (await working.get(ticket)) ?? ctx.now();
      await working.set(ticket, since, { ttlMs: Math.min(ttlMs, 2 * services.remindAfterMs) });
      await remindLater(ctx);
    },
    async answer({ context: { ticket, text, by } }, { self, memory, working }) {
      await moveTicket(memory.shared, customerOf(self), ticket, { state: 'answered', by, text });
      await working.delete(ticket);
    },
    async outage({ context: { service, customers } }, { escalate }) {
      await escalate(`${service} does not work: ${customers} customers have reported it`, { service });
    },
  },
});

type Context = Pick<ActivationContext<unknown, HumanServices>, 'now' | 'services' | 'timers' | 'working'>;

const isOverdue = (since: number, { now, services }: Pick<Context, 'now' | 'services'>): boolean =>
  since + services.remindAfterMs <= now();

/** Sets the timer for the ticket that waits longest. */
async function remindLater({ now, services, timers, working }: Context): Promise<void> {
  const [oldest] = Object.values(await working.entries())
    .map(Number)
    .sort((a, b) => a - b);
  if (oldest !== undefined) timers.after('remind', Math.max(1, oldest + services.remindAfterMs - now()));
}
