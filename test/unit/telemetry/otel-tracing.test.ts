/** Traces of intents: parentage across agents by the headers alone, attempts, steps, failures. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentRef, defineAgent } from '../../../runtime/index.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { SpanRecorder } from '../../support/span-recorder.ts';

let recorder: SpanRecorder;
beforeAll(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.clear());
afterAll(() => recorder[Symbol.dispose]());

const plannerRef = agentRef('planner', {
  investigate: { context: z.object({}), reply: z.object({ ok: z.boolean() }) },
});

const planner = defineAgent({
  kind: plannerRef.kind,
  delivery: 'at_least_once',
  intents: plannerRef.intents,
  receive: async (_intent, ctx) => {
    await ctx.step('look', () => undefined);
    await ctx.reply({ ok: true });
  },
});

const monitor = defineAgent({
  kind: 'monitor',
  delivery: 'at_least_once',
  intents: { observe: { context: z.object({ ask: z.boolean() }) } },
  receive: async ({ context }, ctx) => {
    if (context.ask) await ctx.reason({}, () => ctx.ask(plannerRef, { intent_type: 'investigate', context: {} }));
    else await ctx.tell(plannerRef, { intent_type: 'investigate', context: {} });
  },
});

const observe = (ask: boolean) => ({ intent_type: 'observe', context: { ask } }) as const;

describe('a trace', () => {
  it('A trace leads from the first sender to the step of the last receiver', async () => {
    await using mesh = await testMesh([monitor, planner]);
    await mesh.tell(monitor, observe(false));
    await mesh.settled();
    expect(recorder.pathTo('look')).toEqual([
      'send monitor',
      'invoke_agent monitor',
      'send planner',
      'invoke_agent planner',
      'look',
    ]);
    expect(new Set(recorder.spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('A trace has the question below the reasoning, and the reply below the replier', async () => {
    await using mesh = await testMesh([monitor, planner]);
    await mesh.tell(monitor, observe(true));
    await mesh.settled();
    expect(recorder.pathTo('invoke_agent planner').slice(-3)).toEqual([
      'plan monitor',
      'send planner',
      'invoke_agent planner',
    ]);
    expect(recorder.spans.filter(({ name }) => name === 'send monitor')).toHaveLength(2);
  });

  it('A trace names intent, agent and attempt', async () => {
    await using mesh = await testMesh([monitor, planner]);
    const ticket = await mesh.tell(monitor, observe(false), { from: 'client/me' });
    await mesh.settled();
    const handling = recorder.spans.find(({ name }) => name === 'invoke_agent monitor');
    expect(handling?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'monitor',
      'gen_ai.agent.id': 'monitor',
      'messaging.system': 'nats',
      'messaging.message.id': ticket?.intent_id,
      'parley.intent.type': 'observe',
      'parley.intent.from': 'client/me',
      'parley.attempt': 1,
    });
  });

  it('A trace shows every failed attempt with its error, and the failed step', async () => {
    const failing = defineAgent({
      kind: 'failing',
      delivery: 'at_least_once',
      intents: { observe: { context: z.object({}) } },
      receive: (_intent, ctx) =>
        ctx.step('query', () => {
          throw new Error('no such table');
        }),
    });
    await using mesh = await testMesh([failing]);
    await mesh.tell(failing, { intent_type: 'observe', context: {} });
    await mesh.settled();
    const attempts = recorder.spans.filter(({ name }) => name === 'invoke_agent failing');
    expect(attempts.map(({ attributes }) => attributes['parley.attempt'])).toEqual([1, 2, 3]);
    expect(recorder.failures()).toContainEqual(['query', 'no such table']);
    expect(recorder.failures()).toContainEqual(['invoke_agent failing', 'no such table']);
  });

  it('A trace shows a refused send as failed', async () => {
    await using mesh = await testMesh([planner]);
    await expect(mesh.tell('nobody', { intent_type: 'observe' })).rejects.toThrow();
    expect(recorder.failures().map(([name]) => name)).toEqual(['send nobody']);
  });
});
