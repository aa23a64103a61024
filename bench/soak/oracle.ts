/** The agents that workers ask. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Agent, type AgentRef, agentRef, defineAgent, type KindRef } from '../../runtime/index.ts';

interface Question {
  readonly context: z.ZodType<{ n: number }, { n: number }>;
  readonly reply: z.ZodType<number, number>;
}

type OracleIntents = Readonly<Record<'advise' | 'dawdle', Question>>;

/** The deadline of an ask in a hurry, shorter than the time of its answer. */
export const patienceMs = 50;
const dawdleMs = 150;
const oracles = 8;

const question: Question = { context: z.object({ n: z.number() }), reply: z.number() };
const oracle: KindRef<OracleIntents> = agentRef('oracle', { advise: question, dawdle: question });

export const oracleFor = (n: number): AgentRef<OracleIntents> => oracle.at(`o${n % oracles}`);
/** A separate agent for slow answers, so that no other ask waits behind them. */
export const slowOracle: AgentRef<OracleIntents> = oracle.at('slow');

export const oracleAgent = (): Agent =>
  defineAgent({
    kind: oracle.kind,
    delivery: 'at_least_once',
    keyed: true,
    intents: oracle.intents,
    state: () => ({ asked: 0 }),
    receive: {
      async advise({ context }, ctx) {
        ctx.state.asked++;
        await ctx.reply(2 * context.n);
      },
      async dawdle({ context }, ctx) {
        await sleep(dawdleMs);
        await ctx.reply(context.n);
      },
    },
  });
