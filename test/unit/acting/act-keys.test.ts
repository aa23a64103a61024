/** Which act is which: two are two, the same again is one, and another in its place is not done. */
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../runtime/core/acting.ts';
import { defineAgent, type HandlingContext, type Intent } from '../../../runtime/index.ts';
import { type TestMesh, testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

type Handle = (ctx: HandlingContext, intent: Intent) => Promise<unknown>;

/** An agent whose errors are kept, and thrown on. */
function agentNamed(kind: string, handle: Handle, errors: unknown[] = []) {
  return defineAgent({
    kind,
    delivery: 'at_least_once',
    intents: { go: {}, later: {} },
    async receive(intent, ctx) {
      try {
        await handle(ctx as HandlingContext, intent as Intent);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    },
  });
}

const go = { intent_type: 'go', intent_id: 'i1', constraints: { budget_remaining: 5 } } as const;
const instances = (count: number) => ({ ...scale, arguments: { instances: count } });
const keys = (bench: Bench): readonly string[] => bench.done.map(({ key }) => key);
const counts = (bench: Bench): readonly unknown[] => bench.done.map(({ args }) => args.instances);

async function run(bench: Bench, handle: Handle): Promise<{ readonly mesh: TestMesh; readonly errors: unknown[] }> {
  const errors: unknown[] = [];
  const mesh = await testMesh([agentNamed('planner', handle, errors)], { node: { actions: bench.options } });
  await mesh.tell('planner', go);
  await mesh.settled();
  return { mesh, errors };
}

describe('two acts', () => {
  it('Two acts of one name upon one resource, in one handler, have two keys and two traces', async () => {
    const bench = new Bench('allow');
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act(instances(4), reasons);
      await ctx.act(instances(4), reasons);
    });
    await using _ = mesh;
    expect(new Set(keys(bench)).size).toBe(2);
    expect(new Set(bench.traces.map(({ trace_id }) => trace_id)).size).toBe(2);
    expect(mesh.decisions).toHaveLength(2);
  });

  it('Two acts proposed at once are numbered in the order of the calls', async () => {
    const bench = new Bench('allow');
    let attempts = 0;
    const { mesh } = await run(bench, async (ctx) => {
      await Promise.all([4, 5, 6].map((count) => ctx.act(instances(count), reasons)));
      if (++attempts === 1) throw new Error('once more');
    });
    await using _ = mesh;
    const byCount = new Map(bench.done.map(({ args, key }) => [args.instances, key]));
    expect(bench.done).toHaveLength(6);
    expect(new Set(keys(bench)).size).toBe(3);
    expect(bench.done.every(({ args, key }) => byCount.get(args.instances) === key)).toBe(true);
  });

  it('Two acts upon two resources keep their keys when a retry leaves one out', async () => {
    const bench = new Bench('allow');
    let attempts = 0;
    const search = { ...scale, resource: 'service/search' };
    const { mesh, errors } = await run(bench, async (ctx) => {
      attempts += 1;
      if (attempts === 1) await ctx.act(search, reasons);
      await ctx.act(scale, reasons);
      if (attempts === 1) throw new Error('once more');
    });
    await using _ = mesh;
    const [, first, again] = keys(bench);
    expect(again).toBe(first);
    expect(errors).toHaveLength(1);
  });

  it('Two acts of two agents that got one broadcast have two keys and two traces', async () => {
    const bench = new Bench('allow');
    const act: Handle = (ctx) => ctx.act(scale, reasons);
    const crier = agentNamed('crier', (ctx) => ctx.broadcast({ intent_type: 'later', context: {} }));
    const hearers = ['planner', 'optimizer'].map((kind) => agentNamed(kind, act));
    await using mesh = await testMesh([crier, ...hearers], { node: { actions: bench.options } });
    await mesh.tell('crier', go);
    await mesh.settled();
    expect(new Set(bench.traces.map(({ intent_id }) => intent_id)).size).toBe(1);
    expect(new Set(keys(bench)).size).toBe(2);
    expect(new Set(bench.traces.map(({ trace_id }) => trace_id)).size).toBe(2);
    expect(bench.traces).toMatchObject([{ on_behalf_of: 'crier' }, { on_behalf_of: 'crier' }]);
  });

  it('Two acts whose concatenated names are the same text have two keys', async () => {
    const bench = new Bench('allow');
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act({ ...scale, resource: 'a","0' }, reasons);
      await ctx.act({ ...scale, resource: 'a' }, reasons);
    });
    await using _ = mesh;
    expect(new Set(keys(bench)).size).toBe(2);
  });
});

describe('a repeated act', () => {
  it('A repeated act has the same key in every attempt, and each attempt leaves its own trace', async () => {
    const bench = new Bench('allow');
    let attempts = 0;
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act(scale, reasons);
      if (++attempts < 3) throw new Error('once more');
    });
    await using _ = mesh;
    expect(keys(bench)).toHaveLength(3);
    expect(new Set(keys(bench)).size).toBe(1);
    const ids = bench.traces.map(({ trace_id }) => trace_id);
    expect(new Set(ids).size).toBe(3);
    expect(bench.traces.map(({ previous_trace_id }) => previous_trace_id)).toEqual([undefined, ids[0], ids[1]]);
  });

  it('A repeated act with another content is not executed: a human is called', async () => {
    const bench = new Bench('allow');
    let count = 3;
    const { mesh, errors } = await run(bench, async (ctx) => {
      await ctx.act(instances(count), reasons);
      count = 900;
      throw new Error('once more');
    });
    await using _ = mesh;
    expect(counts(bench)).toEqual([3]);
    expect(errors[1]).toMatchObject({ code: 'PARLEY_ACT_DIVERGED', retryable: false });
    expect(mesh.escalations).toMatchObject([
      { reason: 'act_diverged', agent: 'planner', intent_id: 'i1', detail: { arguments: { instances: 900 } } },
    ]);
    expect(mesh.dead).toHaveLength(1);
  });

  it('A repeated act diverges by its place: a second one in the place of the first is not executed either', async () => {
    const bench = new Bench('allow');
    let attempts = 0;
    const { mesh } = await run(bench, async (ctx) => {
      if (++attempts === 1) {
        await ctx.act(instances(3), reasons);
        await ctx.act(instances(5), reasons);
        throw new Error('once more');
      }
      await ctx.act(instances(5), reasons);
    });
    await using _ = mesh;
    expect(counts(bench)).toEqual([3, 5]);
    expect(mesh.escalations).toHaveLength(1);
  });

  it('A repeated act may change after a denial: nothing was begun', async () => {
    const bench = new Bench('deny', 'allow');
    let count = 900;
    const { mesh } = await run(bench, async (ctx) => {
      const { status } = await ctx.act(instances(count), reasons);
      count = 3;
      if (status === 'denied') throw new Error('once more');
    });
    await using _ = mesh;
    expect(counts(bench)).toEqual([3]);
    expect(mesh.escalations).toEqual([]);
    const [denied, allowed] = bench.traces;
    expect(bench.traces.map(({ policy }) => policy.permitted)).toEqual([false, true]);
    expect(allowed?.previous_trace_id).toBe(denied?.trace_id);
    expect(allowed?.act_key).toBe(denied?.act_key);
  });

  it('A repeated act that is denied later still knows what was begun', async () => {
    const bench = new Bench('allow', 'deny', 'allow');
    let count = 3;
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act(instances(count), reasons);
      if (bench.inputs.length === 2) count = 900;
      throw new Error('once more');
    });
    await using _ = mesh;
    expect(counts(bench)).toEqual([3]);
    expect(mesh.escalations).toMatchObject([{ reason: 'act_diverged' }]);
  });

  it('An act that is denied first and then allowed within one handler leaves two linked traces', async () => {
    const bench = new Bench('deny', 'allow');
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act(instances(900), reasons);
      await ctx.act(instances(3), reasons);
    });
    await using _ = mesh;
    const [denied, allowed] = bench.traces;
    expect(bench.traces.map(({ policy }) => policy.effect)).toEqual(['deny', 'allow']);
    expect(allowed?.previous_trace_id).toBe(denied?.trace_id);
  });
});

describe('a cause', () => {
  const forged: Cause = { intent_id: 'other', root_intent_id: 'root', constraints: { budget_remaining: 9 } };

  it.each<[string, Cause]>([
    ['an unknown intent', forged],
    [
      'its own intent with another budget',
      { intent_id: 'i1', root_intent_id: 'i1', constraints: { budget_remaining: 9 } },
    ],
    [
      'its own intent with another root',
      { intent_id: 'i1', root_intent_id: 'r', constraints: { budget_remaining: 5 } },
    ],
    ['an id that looks like a record', { ...forged, intent_id: 'act.i1' }],
  ])('A forged cause is refused before anything happens: %s', async (_what, cause) => {
    const bench = new Bench('allow');
    const { mesh, errors } = await run(bench, (ctx) => ctx.act({ ...scale, cause }, reasons));
    await using _ = mesh;
    expect(errors).toMatchObject([{ code: 'PARLEY_FOREIGN_CAUSE', retryable: false }]);
    expect([bench.done, bench.traces, bench.inputs, mesh.decisions]).toEqual([[], [], [], []]);
  });

  it('A cause may be the current intent by its own fields', async () => {
    const bench = new Bench('allow');
    const cause = { intent_id: 'i1', root_intent_id: 'i1', constraints: { budget_remaining: 5 } };
    const { mesh } = await run(bench, async (ctx) => {
      await ctx.act(scale, reasons);
      await ctx.act({ ...scale, cause }, reasons);
    });
    await using _ = mesh;
    expect(new Set(keys(bench)).size).toBe(2);
  });

  it('A recorded cause holds later, also as a copy, and for its agent alone', async () => {
    const bench = new Bench('allow');
    const causes: Cause[] = [];
    const handle: Handle = async (ctx, { intent_type }) => {
      if (intent_type === 'go') return causes.push(await ctx.keepCause(), await ctx.keepCause());
      return ctx.act({ ...scale, cause: structuredClone(causes[0] as Cause) }, reasons);
    };
    const errors: unknown[] = [];
    const agents = [agentNamed('planner', handle), agentNamed('thief', handle, errors)];
    await using mesh = await testMesh(agents, { node: { actions: bench.options } });
    await mesh.tell('planner', go);
    for (const to of ['planner', 'thief']) await mesh.tell(to, { intent_type: 'later', constraints: { x: 1 } });
    await mesh.settled();
    expect(causes[1]).toEqual(causes[0]);
    expect(errors).toMatchObject([{ code: 'PARLEY_FOREIGN_CAUSE' }]);
    expect(bench.traces).toMatchObject([{ agent_id: 'planner', intent_id: 'i1' }]);
    expect(bench.inputs).toMatchObject([{ constraints: { budget_remaining: 5 } }]);
  });

  it('A cause cannot be raised by an intent of the same id', async () => {
    const errors: unknown[] = [];
    const planner = agentNamed('planner', (ctx) => ctx.keepCause(), errors);
    const helper = agentNamed('helper', (ctx) =>
      ctx.tell('planner', { intent_type: 'go', intent_id: 'i1', constraints: { budget_remaining: 1e9 } }),
    );
    await using mesh = await testMesh([planner, helper]);
    await mesh.tell('planner', go);
    await mesh.tell('helper', { intent_type: 'go' });
    await mesh.settled();
    expect(errors).toMatchObject([{ code: 'PARLEY_FOREIGN_CAUSE' }]);
  });
});

it("An act is recorded as the agent's own, whatever its reasons claim of another", async () => {
  const bench = new Bench('allow');
  const because = { ...reasons, expected_outcome: { agent_id: 'somebody_else', on_behalf_of: 'somebody_else' } };
  const { mesh } = await run(bench, (ctx) => ctx.act(scale, because));
  await using _ = mesh;
  expect(bench.traces).toMatchObject([
    { agent_id: 'planner', on_behalf_of: expect.stringMatching(/^client\//) as string },
  ]);
  expect(mesh.decisions).toMatchObject([{ requested_by: 'planner', input: { agent_id: 'planner' } }]);
});
