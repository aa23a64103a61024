/** The values of replies: those that an intent may carry, or none. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentRef, defineAgent, type HandlingContext, type Json } from '../../../runtime/index.ts';
import { testMesh } from '../../../runtime/testing/index.ts';

async function asked(value: unknown, from: 'client' | 'agent'): Promise<unknown> {
  const oracle = defineAgent({
    kind: 'oracle',
    delivery: 'at_least_once',
    intents: { go: {} },
    receive: (_intent, ctx) => (ctx as HandlingContext).reply(value as Json),
  });
  let came: unknown;
  const asker = defineAgent({
    kind: 'asker',
    delivery: 'at_least_once',
    intents: { go: {} },
    async receive(_intent, ctx) {
      came = await ctx.ask('oracle', { intent_type: 'go' }, { timeoutMs: 5_000 }).catch((error: unknown) => error);
    },
  });
  await using mesh = await testMesh([oracle, asker]);
  if (from === 'client') return await mesh.ask(oracle, { intent_type: 'go' }).catch((error: unknown) => error);
  await mesh.tell(asker, { intent_type: 'go' });
  await mesh.settled();
  return came;
}

const askers = ['client', 'agent'] as const;

describe.each(askers)('a reply to a question of a %s', (from) => {
  it('An undefined reply arrives as null', async () => {
    expect(await asked(undefined, from)).toBeNull();
  });

  it.each<[Json]>([[null], [0], [''], [false], [[]], [{ a: [1, { b: null }] }]])(
    'A reply %j arrives unchanged',
    async (value) => {
      expect(await asked(value, from)).toEqual(value);
    },
  );

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['a part that is Infinity', { n: Number.POSITIVE_INFINITY }],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['a map', new Map([[1, 2]])],
    ['a set in a list', [new Set([1])]],
    ['a date', { at: new Date(0) }],
    ['an object that says nothing of itself', { toJSON: () => undefined }],
    ['a hole in a list', [undefined]],
    ['a key that reaches a prototype', JSON.parse('{"__proto__":1}')],
  ])('A reply that holds %s is refused, and the asker learns it', async (_what, value) => {
    const error = await asked(value, from);
    expect(error).toMatchObject({
      code: 'PARLEY_ASK_FAILED',
      remoteCode: expect.stringMatching(/^PARLEY_(INVALID_INTENT|UNSAFE_KEY)$/) as string,
      retryable: false,
    });
  });
});

describe('a reply that its schema declares', () => {
  const schemas = { go: { reply: z.void() }, maybe: { reply: z.string().optional() }, none: { reply: z.null() } };
  const ref = agentRef('oracle', schemas);
  const oracle = defineAgent({
    kind: ref.kind,
    delivery: 'at_least_once',
    intents: ref.intents,
    receive: {
      go: (_intent, ctx) => ctx.reply(undefined),
      maybe: (_intent, ctx) => ctx.reply(undefined),
      none: (_intent, ctx) => ctx.reply(null),
    },
  });

  it('A reply declared void is undefined to its asker', async () => {
    await using mesh = await testMesh([oracle]);
    expect(await mesh.ask(ref, { intent_type: 'go' })).toBeUndefined();
  });

  it('A reply declared optional is undefined to its asker', async () => {
    await using mesh = await testMesh([oracle]);
    expect(await mesh.ask(ref, { intent_type: 'maybe' })).toBeUndefined();
  });

  it('A reply declared null is null to its asker', async () => {
    await using mesh = await testMesh([oracle]);
    expect(await mesh.ask(ref, { intent_type: 'none' })).toBeNull();
  });
});
