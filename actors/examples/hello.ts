/** An agent in 30 lines. `npm run parley -- run actors/examples/hello.ts` serves it. */
import { z } from 'zod';
import { type Agent, type App, defineAgent, defineApp } from '../../runtime/index.ts';

export const greeter: Agent = defineAgent({
  kind: 'greeter',
  delivery: 'at_least_once',
  intents: {
    greet: {
      context: z.object({ name: z.string().min(1) }),
      reply: z.object({ text: z.string(), times: z.number() }),
    },
  },
  // in memory, separate for each agent: greeter/ann and greeter/bob do not share it
  state: () => ({ times: 0 }),
  receive: {
    async greet({ context }, ctx) {
      ctx.state.times += 1;
      ctx.log.info({ name: context.name, times: ctx.state.times }, 'greeting');
      await ctx.reply({ text: `hello, ${context.name}`, times: ctx.state.times });
    },
  },
});

const app: App = defineApp({ agents: [greeter] });
export default app;
