/** The context of a handling that has ended: nothing is done, said or recorded any more for an intent that is not in hand. */
import { describe, expect, it } from 'vitest';
import { defineAgent, type HandlingContext } from '../../../runtime/index.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from '../acting/acting-bench.ts';

type Use = (ctx: HandlingContext) => Promise<unknown>;

const uses: readonly [string, Use][] = [
  ['act', (ctx) => ctx.act(scale, reasons)],
  ['keepCause', (ctx) => ctx.keepCause()],
  ['reply', (ctx) => ctx.reply(1)],
  ['tell', (ctx) => ctx.tell('other', { intent_type: 'go' })],
  ['ask', (ctx) => ctx.ask('other', { intent_type: 'go' })],
  ['broadcast', (ctx) => ctx.broadcast({ intent_type: 'go' })],
];

const refusal = { code: 'PARLEY_HANDLING_ENDED', retryable: false };

/** Keeps the context of the first handling, which ends as told, and uses it during the second. */
async function leaked(use: Use, end: 'ends' | 'fails' | 'replies') {
  const bench = new Bench('allow');
  let first: HandlingContext | undefined;
  let came: unknown;
  const planner = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: { retry: { attempts: 1 } }, later: {} },
    async receive(intent, ctx) {
      if (intent.intent_type === 'later') {
        came = await use(first as HandlingContext).catch((error: unknown) => error);
        return;
      }
      first = ctx as HandlingContext;
      if (end === 'replies') await first.reply(1);
      if (end === 'fails') throw new Error('broken');
    },
  });
  const other = defineAgent({
    kind: 'other',
    delivery: 'at_least_once',
    intents: { go: {} },
    receive: () => undefined,
  });
  await using mesh = await testMesh([planner, other], { node: { actions: bench.options } });
  await mesh.tell('planner', { intent_type: 'go', intent_id: 'i' });
  await mesh.settled();
  await mesh.tell('planner', { intent_type: 'later', intent_id: 'j' });
  await mesh.settled();
  return { came, done: bench.done.length, decisions: mesh.decisions.length, sent: mesh.sent.length };
}

describe('the context of a handling that has ended', () => {
  it.each(uses)('An ended handling\'s context refuses "%s" while another intent is running', async (_name, use) => {
    const { came, done, decisions, sent } = await leaked(use, 'ends');
    expect(came).toMatchObject(refusal);
    expect([done, decisions, sent]).toEqual([0, 0, 2]);
  });

  it.each(uses)('A failed handling\'s context refuses "%s"', async (_name, use) => {
    expect((await leaked(use, 'fails')).came).toMatchObject(refusal);
  });

  it("An ended handling's context refuses members that were taken out of it before", async () => {
    const bench = new Bench('allow');
    let act: HandlingContext['act'] | undefined;
    let came: unknown;
    const planner = defineAgent({
      kind: 'planner',
      delivery: 'at_least_once',
      intents: { go: {}, later: {} },
      async receive(intent, ctx) {
        if (intent.intent_type === 'go') act = ctx.act;
        else came = await act?.(scale, reasons).catch((error: unknown) => error);
      },
    });
    await using mesh = await testMesh([planner], { node: { actions: bench.options } });
    await mesh.tell('planner', { intent_type: 'go' });
    await mesh.tell('planner', { intent_type: 'later' });
    await mesh.settled();
    expect(came).toMatchObject(refusal);
    expect(bench.done).toEqual([]);
  });

  it("An ended handling's context still calls a human, and still finishes what was begun in time", async () => {
    const bench = new Bench('allow');
    let ended: HandlingContext | undefined;
    const planner = defineAgent({
      kind: 'planner',
      delivery: 'at_least_once',
      intents: { go: {}, later: {} },
      async receive(intent, ctx) {
        if (intent.intent_type === 'later') return ended?.escalate('too late for that');
        ended = ctx as HandlingContext;
        void ctx.act(scale, reasons);
      },
    });
    await using mesh = await testMesh([planner], { node: { actions: bench.options } });
    await mesh.tell('planner', { intent_type: 'go' });
    await mesh.settled();
    await mesh.tell('planner', { intent_type: 'later' });
    await mesh.settled();
    expect(bench.done).toHaveLength(1);
    expect(mesh.escalations).toMatchObject([{ message: 'too late for that' }]);
  });
});
