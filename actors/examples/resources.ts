/**
 * A thousand keyed agents: `resource/<id>` owns one resource, and its mailbox is the queue in front of it. Other agents propose to
 * scale it: the first gets a grant for a time, the others learn who has it. `npm run parley -- run actors/examples/resources.ts`
 *
 * A grant is in memory: it ends after its time, or with the node. State that must survive belongs in a store.
 */
import { z } from 'zod';
import { type Agent, type App, defineAgent, defineApp } from '../../runtime/index.ts';

const scale = {
  context: z.object({ by: z.string().min(1), instances: z.int().nonnegative() }),
  constraints: z.object({ minutes: z.number().positive().max(1_440).default(15) }),
  reply: z.object({ granted: z.boolean(), reason: z.string(), until: z.number() }),
};
const release = {
  context: z.object({ by: z.string().min(1) }),
  reply: z.object({ released: z.boolean() }),
};

interface Grant {
  readonly by: string;
  readonly instances: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface ResourceState {
  grant: Grant | undefined;
}

const minuteMs = 60_000;

export const resource: Agent = defineAgent({
  kind: 'resource',
  keyed: true,
  delivery: 'at_least_once',
  intents: { scale, release },
  state: (): ResourceState => ({ grant: undefined }),
  // an agent with a running timer is not idle: it stays active as long as its grant
  mailbox: { idleMs: 30_000 },
  timers: {
    expire(ctx) {
      ctx.state.grant = undefined;
    },
  },
  receive: {
    async scale({ context: { by, instances }, constraints: { minutes } }, ctx) {
      const { grant } = ctx.state;
      const now = ctx.now();
      // the holder may ask again, for more or for longer; this also covers an intent that is handled twice
      if (grant !== undefined && grant.by !== by && now < grant.until) {
        const left = Math.ceil((grant.until - now) / minuteMs);
        const reason = `${grant.by} has it for ${left} min more, with ${grant.instances} instances: propose again then`;
        ctx.log.info({ resource: ctx.self, by, instances, reason }, 'refused');
        return ctx.reply({ granted: false, reason, until: grant.until });
      }
      // keeps the promise: a repeated request never shortens a grant
      const until = Math.max(now + minutes * minuteMs, grant?.until ?? 0);
      ctx.state.grant = { by, instances, until };
      ctx.timers.after('expire', until - now);
      ctx.log.info({ resource: ctx.self, by, instances, until }, 'granted');
      return ctx.reply({ granted: true, reason: `it is granted to ${by}`, until });
    },
    async release({ context: { by } }, ctx) {
      const released = ctx.state.grant?.by === by;
      if (released) {
        ctx.state.grant = undefined;
        ctx.timers.cancel('expire');
      }
      return ctx.reply({ released });
    },
  },
});

const app: App = defineApp({ agents: [resource] });
export default app;
