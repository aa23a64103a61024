import { describe, expect, it } from 'vitest';
import type { HandlingContext, ReasonLimits, Thought } from '../../../runtime/actor/context.ts';
import { NodeRig } from '../../support/node-rig.ts';

/** An agent that reasons like this about one intent; what came of it. */
async function reasoning(
  limits: ReasonLimits,
  think: (thought: Thought, rig: NodeRig) => string | undefined | Promise<string | undefined>,
) {
  const rig = new NodeRig();
  const results: (string | undefined)[] = [];
  const receive = async (_intent: unknown, ctx: HandlingContext): Promise<void> => {
    const result = await ctx.reason(limits, (thought) => think(thought, rig));
    results.push(result.kind === 'decided' ? result.decision : undefined);
  };
  const { node } = await rig.start({ agents: [{ kind: 'thinker', intents: { alert: {} }, receive }] });
  await rig.wait(node.tell('thinker', { intent_type: 'alert', intent_id: 'why' }));
  await rig.quiet(node);
  return { rig, results };
}

describe('the reasoning loop', () => {
  it('The reasoning loop thinks until there is a decision', async () => {
    const { results, rig } = await reasoning({}, ({ iteration }) => (iteration === 4 ? 'scale' : undefined));
    expect([results, rig.escalations]).toEqual([['scale'], []]);
  });

  it('The reasoning loop calls a human after 10 iterations, and once', async () => {
    let thoughts = 0;
    const { results, rig } = await reasoning({}, () => {
      thoughts++;
      return undefined;
    });
    expect([thoughts, results]).toEqual([10, [undefined]]);
    expect(rig.escalations).toMatchObject([
      {
        agent: 'thinker',
        reason: 'reasoning_limit',
        message: 'no decision within 10 iterations',
        detail: { limit: 'iterations', iterations: 10 },
        intent_id: 'why',
        root_intent_id: 'why',
      },
    ]);
  });

  it('The reasoning loop calls a human after its time, also when a thought never ends, and aborts that', async () => {
    let aborted = false;
    const { results, rig } = await reasoning({ timeoutMs: 2_000 }, ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => undefined);
    });
    expect([results, aborted]).toEqual([[undefined], true]);
    expect(rig.escalations).toMatchObject([{ message: 'no decision within 2000 ms', detail: { limit: 'timeout' } }]);
  });

  it('The reasoning loop counts the time over all thoughts', async () => {
    const { results } = await reasoning({ timeoutMs: 2_500, maxIterations: 1_000 }, async (_thought, { clock }) => {
      await new Promise<void>((resolve) => void clock.after(1_000, resolve));
      return undefined;
    });
    expect(results).toEqual([undefined]);
  });

  it('The reasoning loop passes on errors of a thought', async () => {
    const { rig } = await reasoning({}, () => {
      throw new Error('no model');
    });
    expect(rig.letters).toMatchObject([{ errors: ['no model', 'no model', 'no model'] }]);
  });

  it('The reasoning loop refuses invalid limits', async () => {
    const { rig } = await reasoning({ maxIterations: 0 }, () => 'x');
    expect(rig.letters).toMatchObject([{ reason: 'PARLEY_INVALID_OPTION' }]);
  });
});

it('A step returns its result, and names itself in an error', async () => {
  const rig = new NodeRig();
  const results: number[] = [];
  const receive = async (_intent: unknown, { step }: HandlingContext): Promise<void> => {
    results.push(await step('add', () => 1 + 1));
    await step('fetch', () => step('connect', () => Promise.reject(new Error('refused'))));
  };
  const { node } = await rig.start({
    agents: [{ kind: 'stepper', intents: { alert: {} }, receive }],
    limits: { attempts: 1 },
  });
  await rig.wait(node.tell('stepper', { intent_type: 'alert' }));
  await rig.quiet(node);
  expect(results).toEqual([2]);
  expect(rig.letters).toMatchObject([{ errors: ['in step "fetch": in step "connect": refused'] }]);
});

it('An agent may call a human itself', async () => {
  const rig = new NodeRig();
  const receive = (_intent: unknown, ctx: HandlingContext) => ctx.escalate('is this right?', { amount: 12 });
  const { node } = await rig.start({ agents: [{ kind: 'unsure', intents: { alert: {} }, receive }] });
  await rig.wait(node.tell('unsure/of_it', { intent_type: 'alert' }));
  await rig.quiet(node);
  expect(rig.escalations).toMatchObject([{ agent: 'unsure/of_it', reason: 'agent', detail: { amount: 12 } }]);
});
