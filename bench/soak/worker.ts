/** The agents that receive: keyed, with a state, soon idle. They use typical features, including typical failures. */
import { z } from 'zod';
import { type Agent, AskFailedError, AskTimeoutError, defineAgent, type HandlingContext } from '../../runtime/index.ts';
import { type WorkType, workerKind, workTypes } from './mix.ts';
import { oracleFor, patienceMs, slowOracle } from './oracle.ts';

interface Notes {
  numbers: readonly number[];
}

type Work = (n: number, ctx: HandlingContext<Notes>) => Promise<void> | void;

const idleMs = 2_000;
const remindMs = 500;
const thoughts = 3;
const keptNumbers = 8;

const schema = { context: z.object({ n: z.number() }) };

/** Some agents stay active for the whole soak: they keep only the newest items. */
const note = (n: number, ctx: HandlingContext<Notes>): void => {
  ctx.state.numbers = [...ctx.state.numbers, n].slice(-keptNumbers);
};

const works: Readonly<Record<WorkType, Work>> = {
  note: (n, ctx) => ctx.step('note', () => note(n, ctx)),
  async consult(n, ctx) {
    note(await ctx.ask(oracleFor(n), { intent_type: 'advise', context: { n } }), ctx);
  },
  async hurry(n, ctx) {
    await ctx.ask(slowOracle, { intent_type: 'dawdle', context: { n } }, { timeoutMs: patienceMs }).catch(passIfLate);
  },
  async ponder(n, ctx) {
    const result = await ctx.reason({ maxIterations: thoughts }, ({ iteration }) => {
      return iteration === thoughts ? n : undefined;
    });
    note(result.kind === 'decided' ? result.decision : 0, ctx);
  },
  async dither(_n, ctx) {
    await ctx.reason({ maxIterations: thoughts }, () => undefined);
  },
  remind(n, ctx) {
    ctx.timers.after('flush', remindMs);
    note(n, ctx);
  },
  stumble(n, ctx) {
    if (ctx.attempt === 1) throw new Error(`intent ${n} succeeds at the second attempt`);
    note(n, ctx);
  },
  perish: (n, ctx) =>
    ctx.step('perish', () => {
      throw new Error(`intent ${n} fails each time`);
    }),
};

/** These asks are late on purpose. */
function passIfLate(error: unknown): void {
  if (!(error instanceof AskTimeoutError) && !(error instanceof AskFailedError)) throw error;
}

const forget = (ctx: { state: Notes }): void => {
  ctx.state.numbers = [];
};

/** @param keep called once for every intent */
export const workerAgent = (keep: () => void): Agent =>
  defineAgent({
    kind: workerKind,
    delivery: 'at_least_once',
    keyed: true,
    mailbox: { idleMs },
    intents: Object.fromEntries(workTypes.map((type) => [type, schema])) as Record<WorkType, typeof schema>,
    state: (): Notes => ({ numbers: [] }),
    activated: forget,
    passivated: forget,
    timers: { flush: forget },
    receive(intent, ctx) {
      if (ctx.attempt === 1) keep();
      return works[intent.intent_type](intent.context.n, ctx);
    },
  });
