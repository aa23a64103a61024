/** The decided act is executed: the same bytes, the same hash. Invariant 15. */
import { describe, expect, it } from 'vitest';
import type { ActResult, ProposedAction, Rationale } from '../../../runtime/core/acting.ts';
import { hashOf } from '../../../runtime/core/canonical-json.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { type ActOptions, defineAgent, type HandlingContext, type Intent } from '../../../runtime/index.ts';
import type { Approver } from '../../../runtime/policy/approver.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

type Mutable = { -readonly [K in keyof ProposedAction]: ProposedAction[K] } & { arguments: Record<string, unknown> };

const checkout = (): Mutable => ({
  name: 'scale_up',
  resource: 'service/checkout',
  arguments: { instances: 3 },
  facts: { estimated_cost: 12 },
});

/** Runs one handler, and gives what it got back or threw. */
async function handled(
  actions: ActOptions,
  handle: (ctx: HandlingContext, intent: Intent) => Promise<unknown>,
): Promise<unknown> {
  let came: unknown;
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    async receive(intent, ctx) {
      came = await handle(ctx as HandlingContext, intent as Intent).catch((error: unknown) => error);
    },
  });
  await using mesh = await testMesh([agent], { node: { actions } });
  await mesh.tell(agent, { intent_type: 'go', intent_id: 'i1', constraints: { budget_remaining: 5 } });
  await mesh.settled();
  return came;
}

const approves = (during: () => void = () => undefined, asked: JsonObject[] = []): Approver => ({
  ask: async ({ action, action_hash }) => {
    asked.push({ ...action, action_hash });
    during();
    return { approved: true, by: 'ann', comment: 'go ahead' };
  },
});

const three = { instances: 3 };

describe('an act that is changed after it was proposed', () => {
  it('An act that is changed after its proposal executes what was approved', async () => {
    const bench = new Bench('require_approval');
    const asked: JsonObject[] = [];
    const action = checkout();
    const change = (): void => {
      action.resource = 'service/search';
      action.arguments.instances = 900;
    };
    const acts = { ...bench.options, approver: approves(change, asked) };
    expect(await handled(acts, (ctx) => ctx.act(action, reasons))).toMatchObject({ status: 'done' });
    expect(bench.done).toMatchObject([{ args: three, resource: 'service/checkout' }]);
    const { name, resource, arguments: args } = checkout();
    expect(asked).toMatchObject([
      { resource, arguments: three, action_hash: hashOf({ name, resource, arguments: args }) },
    ]);
  });

  it('An act whose object changes as soon as the call returns executes what was decided', async () => {
    const bench = new Bench('allow');
    const action = checkout();
    await handled(bench.options, (ctx) => {
      const acting = ctx.act(action, reasons);
      action.arguments.instances = 1_000_000;
      action.arguments = { instances: 1_000_000 };
      return acting;
    });
    expect(bench.inputs).toMatchObject([{ arguments: three }]);
    expect(bench.traces).toMatchObject([{ selected_action: { instances: 3 } }]);
    expect(bench.done).toMatchObject([{ args: three }]);
  });

  it('An act is traced with the reasons of its proposal', async () => {
    const bench = new Bench('allow');
    const because: { -readonly [K in keyof Rationale]: Rationale[K] } = { ...reasons };
    await handled(bench.options, (ctx) => {
      const acting = ctx.act(scale, because);
      because.decision_rationale = 'for no reason';
      return acting;
    });
    expect(bench.traces).toMatchObject([{ decision_rationale: 'it is busy' }]);
  });

  it('An act is decided by the original constraints and sender of its intent', async () => {
    const bench = new Bench('allow');
    await handled(bench.options, (ctx, intent) => {
      const open = intent as { -readonly [K in keyof Intent]: Intent[K] };
      open.from_agent = 'admin';
      open.intent_id = 'another';
      open.constraints = { budget_remaining: 1e9 };
      return ctx.act(scale, reasons);
    });
    expect(bench.inputs).toMatchObject([{ constraints: { budget_remaining: 5 } }]);
    expect(bench.inputs).not.toMatchObject([{ on_behalf_of: 'admin' }]);
    expect(bench.traces).toMatchObject([{ intent_id: 'i1' }]);
  });

  it('An act cannot be changed by its actuator, nor by policy', async () => {
    const bench = new Bench('allow');
    let frozen: readonly boolean[] = [];
    const acts: ActOptions = {
      ...bench.options,
      policy: {
        bundle: 'b',
        decide: (input) => {
          expect(Object.isFrozen(input)).toBe(true);
          return bench.policy.decide(input);
        },
      },
      actuators: {
        scale_up: (args, execution) => {
          frozen = [args, args.limits, execution].map((part) => Object.isFrozen(part));
          return null;
        },
      },
    };
    await handled(acts, (ctx) => ctx.act({ ...scale, arguments: { limits: { most: 3 } } }, reasons));
    expect(frozen).toEqual([true, true, true]);
  });
});

describe('an act that JSON cannot carry', () => {
  it.each<[string, unknown, unknown]>([
    ['NaN in its arguments', { ...scale, arguments: { instances: Number.NaN } }, reasons],
    ['a Date in its facts', { ...scale, facts: { until: new Date(0) } }, reasons],
    ['a function in its reasons', scale, { ...reasons, expected_outcome: { later: () => 1 } }],
    [
      'a getter',
      {
        ...scale,
        arguments: {
          get instances() {
            return 3;
          },
        },
      },
      reasons,
    ],
    ['no name', { ...scale, name: '' }, reasons],
    ['a resource that is no text', { ...scale, resource: { service: 'checkout' } }, reasons],
    ['arguments that are a list', { ...scale, arguments: [3] }, reasons],
    ['a confidence above 1', scale, { ...reasons, confidence_score: 2 }],
    ['no reasons', scale, undefined],
    ['nothing at all', null, reasons],
    ['more than an intent holds', { ...scale, arguments: { text: 'x'.repeat(300_000) } }, reasons],
  ])('An act that JSON cannot carry is refused before policy is asked: %s', async (_what, action, because) => {
    const bench = new Bench('allow');
    const came = await handled(bench.options, (ctx) => ctx.act(action as ProposedAction, because as Rationale));
    expect(came).toMatchObject({
      code: expect.stringMatching(/^PARLEY_(NOT_JSON|INVALID_ACT)$/) as string,
      retryable: false,
    });
    expect([bench.inputs, bench.done, bench.traces]).toEqual([[], [], []]);
  });
});

describe('an answer of the approver', () => {
  it.each<[string, unknown]>([
    ['the text "no"', { approved: 'no', by: 'ann', comment: '' }],
    ['the text "true"', { approved: 'true', by: 'ann', comment: '' }],
    ['the number 1', { approved: 1, by: 'ann', comment: '' }],
    ['an object', { approved: {}, by: 'ann', comment: '' }],
    ['no approver', { approved: true, by: ' ', comment: '' }],
    ['no name at all', { approved: true, comment: '' }],
    ['no comment', { approved: true, by: 'ann' }],
    ['true alone', true],
    ['nothing', undefined],
    ['null', null],
    ['a list', [true]],
    [
      'a getter',
      {
        get approved() {
          return true;
        },
        by: 'ann',
        comment: '',
      },
    ],
  ])("An approver's answer is no approval when it is %s", async (_what, answer) => {
    const bench = new Bench('require_approval');
    const approver = { ask: async () => answer } as unknown as Approver;
    const came = (await handled({ ...bench.options, approver }, (ctx) => ctx.act(scale, reasons))) as ActResult;
    expect(bench.done).toEqual([]);
    expect(came).toMatchObject({ status: 'denied', reason: expect.stringContaining('is no approval') as string });
    expect(bench.traces).toMatchObject([{ policy: { permitted: false, approval: null } }]);
  });

  it('An approval holds only under the policy that asked for it', async () => {
    const bench = new Bench('require_approval');
    let bundle = 'old';
    const policy = {
      bundle,
      decide: (input: unknown) => ({ ...bench.policy.decide(input), bundle }),
    };
    const approver = approves(() => {
      bundle = 'new';
    });
    const came = await handled({ ...bench.options, policy, approver }, (ctx) => ctx.act(scale, reasons));
    expect(came).toMatchObject({ status: 'denied', reason: expect.stringContaining('has been replaced') as string });
    expect(bench.done).toEqual([]);
  });
});

it('An approval request shows arguments apart from fields of the action with the same names', async () => {
  const bench = new Bench('allow');
  const args = { action: 'none', resource: 'nothing', instances: 3 };
  await handled(bench.options, (ctx) => ctx.act({ ...scale, arguments: args }, reasons));
  expect(bench.traces).toMatchObject([
    { selected_action: { action: 'scale_up', resource: 'service/checkout', arguments: args } },
  ]);
});
