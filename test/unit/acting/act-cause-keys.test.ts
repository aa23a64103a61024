/** Acts for an earlier intent: each handling that acts for it does acts of its own, and a repeated attempt repeats them. */
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../runtime/core/acting.ts';
import { defineAgent, type HandlingContext, type Intent } from '../../../runtime/index.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

type Act = (ctx: HandlingContext, cause: Cause, intent: Intent) => Promise<unknown>;

interface Outcome {
  readonly keys: readonly string[];
  readonly counts: readonly unknown[];
  readonly errors: readonly unknown[];
  readonly escalations: number;
}

const instances = (count: number) => ({ ...scale, arguments: { instances: count } });

/** Acts once for `i1`, keeps it, and then handles `later` intents, each of which may act for it. */
async function later(count: number, act: Act, first = true): Promise<Outcome> {
  const bench = new Bench('allow');
  const errors: unknown[] = [];
  let cause: Cause | undefined;
  const planner = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {}, later: {} },
    async receive(intent, context) {
      const ctx = context as HandlingContext;
      if (intent.intent_type === 'go') {
        if (first) await ctx.act(instances(1), reasons);
        cause = await ctx.keepCause();
        return;
      }
      try {
        await act(ctx, cause as Cause, intent as Intent);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    },
  });
  await using mesh = await testMesh([planner], { node: { actions: bench.options } });
  await mesh.tell('planner', { intent_type: 'go', intent_id: 'i1' });
  for (let n = 1; n <= count; n++) await mesh.tell('planner', { intent_type: 'later', intent_id: `j${n}` });
  await mesh.settled();
  const keys = bench.done.map(({ key }) => key);
  return { keys, counts: bench.done.map(({ args }) => args.instances), errors, escalations: mesh.escalations.length };
}

describe('an act for a kept cause', () => {
  it('An act for a kept cause may differ from the act of the original handling', async () => {
    const { keys, counts, errors, escalations } = await later(1, (ctx, cause) =>
      ctx.act({ ...instances(2), cause }, reasons),
    );
    expect(errors).toEqual([]);
    expect(counts).toEqual([1, 2]);
    expect(new Set(keys).size).toBe(2);
    expect(escalations).toBe(0);
  });

  it('An act for a kept cause has a key of its own, although it equals the act of the original handling', async () => {
    const { keys } = await later(1, (ctx, cause) => ctx.act({ ...instances(1), cause }, reasons));
    expect(new Set(keys).size).toBe(2);
  });

  it('An act for a kept cause may differ between two later handlings', async () => {
    const { counts, errors } = await later(
      2,
      (ctx, cause, { intent_id }) => ctx.act({ ...instances(intent_id === 'j1' ? 3 : 5), cause }, reasons),
      false,
    );
    expect(errors).toEqual([]);
    expect(counts).toEqual([3, 5]);
  });

  it('An act for a kept cause has another key in each handling, also with the same arguments', async () => {
    const { keys } = await later(3, (ctx, cause) => ctx.act({ ...instances(3), cause }, reasons), false);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(3);
  });

  it('An act for a kept cause keeps its key when the same intent is handled again', async () => {
    let attempts = 0;
    const { keys } = await later(1, async (ctx, cause) => {
      await ctx.act({ ...instances(3), cause }, reasons);
      await ctx.act({ ...instances(4), cause }, reasons);
      if (++attempts === 1) throw new Error('once more');
    });
    expect(keys.slice(1, 3)).toEqual(keys.slice(3, 5));
    expect(new Set(keys).size).toBe(3);
  });

  it('An act for a kept cause diverges when a repeated attempt at the same intent proposes another one', async () => {
    let attempts = 0;
    const { counts, errors, escalations } = await later(1, async (ctx, cause) => {
      await ctx.act({ ...instances(2 + ++attempts), cause }, reasons);
      throw new Error('once more');
    });
    expect(counts).toEqual([1, 3]);
    expect(errors).toMatchObject([{ message: 'once more' }, { code: 'PARLEY_ACT_DIVERGED' }]);
    expect(escalations).toBe(1);
  });

  it('An act for a kept cause is apart from an act for the current intent in the same handling', async () => {
    const { keys, errors } = await later(1, async (ctx, cause) => {
      await ctx.act({ ...instances(3), cause }, reasons);
      await ctx.act(instances(4), reasons);
    });
    expect(errors).toEqual([]);
    expect(new Set(keys).size).toBe(3);
  });
});
