/** Arguments of a context are checked before they are recorded: others read the mesh's records. */
import { describe, expect, it } from 'vitest';
import { defineAgent, type HandlingContext } from '../../../runtime/index.ts';
import { testMesh } from '../../../runtime/testing/index.ts';

type Loose = { readonly [K in keyof HandlingContext]: (...given: readonly unknown[]) => Promise<unknown> };

async function used(use: (ctx: Loose) => Promise<unknown>) {
  let came: unknown;
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    state: () => 0,
    receive: async (_intent, ctx) => {
      came = await use(ctx as unknown as Loose).catch((error: unknown) => error);
    },
  });
  await using mesh = await testMesh([agent]);
  await mesh.tell(agent, { intent_type: 'go' });
  await mesh.settled();
  return { came, escalations: mesh.escalations, report: mesh.node.report() };
}

const circle: Record<string, unknown> = {};
circle.self = circle;

describe('a call for a human', () => {
  it.each<[string, unknown]>([
    ['an error', new Error('disk gone')],
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', { message: 'x' }],
    ['a symbol', Symbol('s')],
    ['an empty text', ''],
    ['a text without an end', 'x'.repeat(3_000_000)],
  ])('A call for a human is refused with a message that is %s', async (_what, message) => {
    const { came, escalations } = await used((ctx) => ctx.escalate(message));
    expect(came).toMatchObject({ code: 'PARLEY_INVALID_OPTION', option: 'message', retryable: false });
    expect(escalations).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a text', 'x'],
    ['a list', [1]],
    ['null', null],
    ['NaN', { n: Number.NaN }],
    ['a circle', circle],
    ['a date', { at: new Date(0) }],
    ['a BigInt', { n: 1n }],
    ['a text without an end', { text: 'x'.repeat(3_000_000) }],
  ])('A call for a human is refused with a detail that is %s', async (_what, detail) => {
    const { came, escalations } = await used((ctx) => ctx.escalate('look', detail));
    expect(came).toMatchObject({
      code: expect.stringMatching(/^PARLEY_(INVALID_OPTION|NOT_JSON)$/) as string,
      retryable: false,
    });
    expect(escalations).toEqual([]);
  });

  it('A call for a human is stored with a text, and with or without a detail', async () => {
    const { escalations } = await used(async (ctx) => {
      await ctx.escalate('one', undefined);
      await ctx.escalate('two', { n: [1, null] });
    });
    expect(escalations).toMatchObject([
      { message: 'one', detail: {} },
      { message: 'two', detail: { n: [1, null] } },
    ]);
  });
});

describe('the name of a step', () => {
  it.each<[string, unknown]>([
    ['a number', 5],
    ['nothing', undefined],
    ['an object', {}],
    ['an empty text', ''],
  ])('The name of a step is refused when it is %s', async (_what, name) => {
    const { came, report } = await used((ctx) => ctx.step(name, () => 1));
    expect(came).toMatchObject({ code: 'PARLEY_INVALID_OPTION', option: 'name' });
    expect(report.instances.map(({ progress }) => typeof progress)).toEqual(['string']);
  });
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'go'],
  ['no type', {}],
  ['a number', { accepts: 5 }],
])('A look-up is refused when it is for %s', async (_what, query) => {
  expect((await used((ctx) => ctx.find(query))).came).toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
});
