/**
 * What does not compile. Each `@ts-expect-error` is an assertion: the compiler fails if the line after it is right. Compiled by
 * `npm run types`, never run.
 */
import { z } from 'zod';
import { agentRef, defineAgent, type HandlingContext, type Intent, type Node } from '../../runtime/index.ts';

const resource = agentRef('resource', {
  scale: {
    context: z.object({ factor: z.number() }),
    constraints: z.object({ max_cost: z.number() }),
    reply: z.object({ granted: z.boolean() }),
  },
  alert: { context: z.object({ note: z.string().default('none') }) },
});

const good = { intent_type: 'scale', context: { factor: 2 }, constraints: { max_cost: 10 } } as const;

defineAgent({
  kind: 'resource',
  delivery: 'at_least_once',
  intents: resource.intents,
  state: () => ({ size: 1 }),
  receive: {
    async scale(intent, ctx) {
      ctx.state.size *= intent.context.factor;
      await ctx.reply({ granted: ctx.state.size < 10 });
      // @ts-expect-error a context field that the schema does not have
      ctx.log.info({ x: intent.context.size }, 'size');
      // @ts-expect-error a field that the state does not have
      ctx.state.colour = 'red';
      // @ts-expect-error a reply of the wrong shape
      await ctx.reply({ granted: 'yes' });
      // @ts-expect-error a reply without its field
      await ctx.reply({});
    },
    alert(intent) {
      const note: string = intent.context.note;
      // @ts-expect-error a default makes it a string, not a number
      const count: number = intent.context.note;
      return void [note, count];
    },
  },
});

defineAgent({
  kind: 'resource',
  delivery: 'at_least_once',
  intents: resource.intents,
  // @ts-expect-error the handler of "alert" is missing
  receive: { scale: () => undefined },
});

defineAgent({
  kind: 'resource',
  // @ts-expect-error a delivery that this release does not have
  delivery: 'once',
  intents: {},
  receive: {},
});

// @ts-expect-error the delivery is missing
defineAgent({ kind: 'resource', intents: {}, receive: {} });

const all = defineAgent({
  kind: 'all',
  delivery: 'at_least_once',
  intents: resource.intents,
  receive(intent) {
    if (intent.intent_type === 'scale') return void intent.context.factor;
    // @ts-expect-error an alert has no factor
    return void intent.context.factor;
  },
});

export async function sending(ctx: HandlingContext, node: Node): Promise<void> {
  await ctx.tell(resource, good);
  await ctx.tell(resource.at('prod-01'), { intent_type: 'alert', context: {} });
  await ctx.tell(resource, { intent_type: 'alert', context: { note: 'x' } });
  await ctx.tell('anybody', { intent_type: 'whatever', context: { any: ['thing'] } });
  await node.tell(all, good, { mode: 'wait' });
  // @ts-expect-error an intent that the referenced agent does not accept
  await ctx.tell(resource, { intent_type: 'investigate' });
  // @ts-expect-error a context without its field
  await ctx.tell(resource, { intent_type: 'scale', context: {}, constraints: { max_cost: 10 } });
  // @ts-expect-error without the constraints that the schema wants
  await ctx.tell(resource, { intent_type: 'scale', context: { factor: 2 } });
  // @ts-expect-error a field of the wrong type
  await node.tell(resource, { ...good, context: { factor: 'two' } });
  // @ts-expect-error an id is a string
  await ctx.tell(7, good);

  const reply = await ctx.ask(resource, good);
  const granted: boolean = reply.granted;
  // @ts-expect-error a field that the reply does not have
  const refused = reply.refused;
  const sameFromOutside: { granted: boolean } = await node.ask(resource.at('x'), good, { timeoutMs: 1_000 });
  // @ts-expect-error an intent that it does not accept
  await node.ask(resource, { intent_type: 'investigate' });

  const result = await ctx.reason({}, () => 'yes');
  const decided: string | undefined = result.kind === 'decided' ? result.decision : undefined;
  // @ts-expect-error a human may have to decide instead
  const certain: string = result.decision;
  void [granted, refused, sameFromOutside, decided, certain];
}

export const plain = (intent: Intent): unknown => intent.context.anything;
