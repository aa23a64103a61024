/**
 * A thousand keyed agents: `resource/<id>` owns one resource, and its mailbox is the queue before it. Whoever wants it proposes;
 * the first gets it for a time, the others hear until when it is taken. `npm run parley -- run actors/examples/resources.ts`
 */
import { z } from 'zod';
import { type Agent, type App, defineAgent, defineApp } from '../../runtime/index.ts';

const acquire = {
  context: z.object({ holder: z.string().min(1), minutes: z.number().positive().max(1_440) }),
  reply: z.object({ granted: z.boolean(), holder: z.string(), until: z.number() }),
};
const release = {
  context: z.object({ holder: z.string().min(1) }),
  reply: z.object({ released: z.boolean() }),
};

interface Lease {
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface ResourceState {
  lease: Lease | undefined;
}

const minuteMs = 60_000;

export const resource: Agent = defineAgent({
  kind: 'resource',
  keyed: true,
  delivery: 'at_least_once',
  intents: { acquire, release },
  state: (): ResourceState => ({ lease: undefined }),
  // an agent with a running timer is not idle: it lives as long as its lease
  mailbox: { idleMs: 30_000 },
  timers: {
    expire(ctx) {
      ctx.state.lease = undefined;
    },
  },
  receive: {
    async acquire({ context: { holder, minutes } }, ctx) {
      const { lease } = ctx.state;
      if (lease !== undefined && lease.holder !== holder && ctx.now() < lease.until) {
        return ctx.reply({ granted: false, ...lease });
      }
      const granted = { holder, until: ctx.now() + minutes * minuteMs };
      ctx.state.lease = granted;
      ctx.timers.after('expire', minutes * minuteMs);
      return ctx.reply({ granted: true, ...granted });
    },
    async release({ context: { holder } }, ctx) {
      const released = ctx.state.lease?.holder === holder;
      if (released) {
        ctx.state.lease = undefined;
        ctx.timers.cancel('expire');
      }
      return ctx.reply({ released });
    },
  },
});

const app: App = defineApp({ agents: [resource] });
export default app;
