/**
 * The built-in app of a run: keyed agents with typical behaviour. No handler fails because the mesh is in trouble; only `stumble`
 * and `perish` fail, on purpose.
 */
import { z } from 'zod';
import type { HandlingContext } from '../../actor/context.ts';
import { type Agent, defineAgent } from '../../actor/define-agent.ts';
import { sleep, systemClock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { type App, defineApp } from '../../node/app.ts';
import { fragileKind, hoarderKind, oracleKind, receiverKeys, workerKind } from './workload-mix.ts';

const numbered = { context: z.object({ n: z.number() }) };
const hopping = { context: z.object({ n: z.number(), hops: z.number() }) };
const bulky = { context: z.object({ n: z.number(), ballast: z.string() }) };

const [slowMs, hoardMs, remindMs, patienceMs, idleMs] = [400, 20, 200, 20_000, 5_000];
/** Every nth question is slow. */
const slowAnswer = 7;
/** A high limit, so that failing agents are never paused: the run does not test pausing. */
const often = { intensity: 1_000, periodMs: 1_000, initialIntervalMs: 20, maxIntervalMs: 500 };
const retry = { attempts: 3, initialIntervalMs: 50, maxIntervalMs: 500 };

/** Ignores a failed send or ask: it must not fail the handler. */
async function attempt(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
  }
}

const pause = (ms: number, { signal }: Pick<HandlingContext, 'signal'>): Promise<void> =>
  sleep(systemClock, ms, signal);

const worker: Agent = defineAgent({
  kind: workerKind,
  delivery: 'at_least_once',
  keyed: true,
  mailbox: { idleMs },
  intents: { note: numbered, late: numbered, slow: numbered, chain: hopping, consult: numbered, remind: numbered },
  state: () => ({ handled: 0 }),
  timers: { remind: () => undefined },
  receive: {
    note: (_intent, ctx) => {
      ctx.state.handled++;
    },
    late: () => undefined,
    slow: (_intent, ctx) => pause(slowMs, ctx),
    chain: async ({ context: { n, hops } }, ctx) => {
      if (hops === 0) return;
      const next = `${workerKind}/w${(n + hops) % receiverKeys}`;
      await attempt(() => ctx.tell(next, { intent_type: 'chain', context: { n, hops: hops - 1 } }));
    },
    consult: ({ context: { n } }, ctx) =>
      attempt(() =>
        ctx.ask(
          `${oracleKind}/o${n % receiverKeys}`,
          { intent_type: 'advise', context: { n } },
          { timeoutMs: patienceMs },
        ),
      ),
    remind: (_intent, ctx) => ctx.timers.after('remind', remindMs),
  },
}) as unknown as Agent;

const fragile: Agent = defineAgent({
  kind: fragileKind,
  delivery: 'at_least_once',
  keyed: true,
  mailbox: { idleMs },
  supervision: often,
  intents: { stumble: { ...numbered, retry }, perish: { ...numbered, retry } },
  receive: {
    stumble: ({ context: { n } }, ctx) => {
      if (ctx.attempt === 1) throw new Error(`intent ${n} succeeds at the second attempt`);
    },
    perish: ({ context: { n } }) => {
      throw new Error(`intent ${n} fails each time`);
    },
  },
}) as unknown as Agent;

const oracle: Agent = defineAgent({
  kind: oracleKind,
  delivery: 'at_least_once',
  keyed: true,
  intents: { advise: numbered },
  receive: async ({ context: { n } }, ctx) => {
    if (n % slowAnswer === 0) await pause(slowMs, ctx);
    await attempt(() => ctx.reply({ n }));
  },
}) as unknown as Agent;

const hoarder: Agent = defineAgent({
  kind: hoarderKind,
  delivery: 'at_least_once',
  keyed: true,
  intents: { hoard: bulky },
  receive: (_intent, ctx) => pause(hoardMs, ctx),
}) as unknown as Agent;

const app: App = defineApp({ agents: [worker, fragile, oracle, hoarder] });
export default app;
