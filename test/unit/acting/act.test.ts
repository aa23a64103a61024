/** The one way to act: decided, recorded, traced, then done. Invariant 9. */
import { describe, expect, it } from 'vitest';
import type { ActResult } from '../../../runtime/core/acting.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { type ActOptions, defineAgent } from '../../../runtime/index.ts';
import type { Approver } from '../../../runtime/policy/approver.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

const aClient = expect.stringMatching(/^client\//) as string;

/** What an agent that wants to scale is told, and what is in the log of decisions. */
async function acted(
  actions: ActOptions,
  action = scale,
): Promise<{ readonly result: ActResult | Error; readonly logged: readonly JsonObject[] }> {
  let result: ActResult | Error = new Error('nothing happened');
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    async receive(_intent, ctx) {
      result = await ctx.act(action, reasons).catch((error: Error) => error);
    },
  });
  await using mesh = await testMesh([agent], { node: { actions } });
  await mesh.tell(agent, { intent_type: 'go', intent_id: 'i1', constraints: { budget_remaining: 5 } });
  await mesh.settled();
  return { result, logged: mesh.decisions };
}

describe('an act that policy allows', () => {
  it('An allowed act is recorded and traced before it is executed', async () => {
    const bench = new Bench('allow');
    const { result, logged } = await acted(bench.options);
    expect(result).toMatchObject({ status: 'done', result: { ok: true }, decision: { effect: 'allow' } });
    expect(bench.order).toEqual(['decided', 'traced', 'done']);
    expect(logged).toMatchObject([
      { requested_by: 'planner', intent_id: 'i1', result: { effect: 'allow' }, path: 'parley/policy/decision' },
    ]);
  });

  it('Policy receives agent, sender, action, facts and the constraints of the intent', async () => {
    const bench = new Bench('allow');
    await acted(bench.options);
    expect(bench.inputs).toEqual([
      {
        estimated_cost: 12,
        action: 'scale_up',
        agent: 'planner',
        agent_id: 'planner',
        on_behalf_of: aClient,
        resource: 'service/checkout',
        arguments: { instances: 4 },
        constraints: { budget_remaining: 5 },
      },
    ]);
  });

  it("The facts of an act cannot override the runtime's own fields", async () => {
    const bench = new Bench('allow');
    const facts = { agent: 'admin', agent_id: 'admin', on_behalf_of: 'admin', constraints: { budget_remaining: 1e9 } };
    await acted(bench.options, { ...scale, facts });
    expect(bench.inputs).toMatchObject([
      { agent: 'planner', agent_id: 'planner', on_behalf_of: aClient, constraints: { budget_remaining: 5 } },
    ]);
  });

  it('An allowed act leaves a trace of agent, sender and decision', async () => {
    const bench = new Bench('allow');
    const { result } = await acted(bench.options);
    expect(bench.done).toMatchObject([{ args: { instances: 4 }, resource: 'service/checkout' }]);
    expect(bench.traces).toMatchObject([
      {
        trace_id: (result as ActResult).trace_id,
        agent_id: 'planner',
        on_behalf_of: aClient,
        intent_id: 'i1',
        act_key: bench.done[0]?.key,
        selected_action: { action: 'scale_up', instances: 4 },
        policy: { effect: 'allow', permitted: true },
      },
    ]);
  });
});

describe('an act that is not executed', () => {
  it('A denied act is not executed, but traced', async () => {
    const bench = new Bench('deny');
    const { result, logged } = await acted(bench.options);
    expect(result).toMatchObject({ status: 'denied', reason: 'rule says deny' });
    expect(bench.order).toEqual(['decided', 'traced']);
    expect([bench.traces[0]?.policy.permitted, logged.length]).toEqual([false, 1]);
  });

  it('An act without a policy is denied', async () => {
    const bench = new Bench('allow');
    const { policy: _, ...others } = bench.options;
    const { result } = await acted(others);
    expect(result).toMatchObject({ status: 'denied', reason: expect.stringContaining('no policy') as string });
    expect(bench.done).toEqual([]);
  });

  it('An act without a store for its trace is not executed', async () => {
    const bench = new Bench('allow');
    const { traces: _, ...others } = bench.options;
    const { result } = await acted(others);
    expect(result).toMatchObject({
      code: 'PARLEY_ACT_NOT_RECORDED',
      retryable: false,
      message: expect.stringContaining('keeps no reasoning traces') as string,
    });
    expect([bench.done, bench.inputs]).toEqual([[], []]);
  });

  it('An act whose trace cannot be written is not executed', async () => {
    const bench = new Bench('allow');
    const broken = { ...bench.store, write: () => Promise.reject(new Error('disk full')) };
    const { result } = await acted({ ...bench.options, traces: broken });
    expect((result as Error).message).toContain('its reasoning trace cannot be written: disk full');
    expect(bench.done).toEqual([]);
  });

  it('An act without an actuator on this node is not executed', async () => {
    const { result } = await acted(new Bench('allow').options, { ...scale, name: 'constructor' });
    expect(result).toMatchObject({ code: 'PARLEY_NO_ACTUATOR', retryable: false, known: ['scale_up'] });
    expect((result as Error).message).toContain('no actuator of that name, it has scale_up');
  });
});

describe('an act that needs an approval', () => {
  const approver = (approved: boolean, asked: unknown[] = []): Approver => ({
    ask: async (request) => {
      asked.push(request);
      return { approved, by: 'ann', comment: 'because' };
    },
  });

  it('An act that needs an approval is denied without an approver', async () => {
    const { result } = await acted(new Bench('require_approval').options);
    expect(result).toMatchObject({ status: 'denied', reason: expect.stringContaining('no approver') as string });
  });

  it('An act that needs an approval waits for the answer, and is executed when it is approved', async () => {
    const bench = new Bench('require_approval');
    const asked: unknown[] = [];
    const { result, logged } = await acted({ ...bench.options, approver: approver(true, asked) });
    expect(result).toMatchObject({ status: 'done', approval: { by: 'ann' } });
    expect(asked).toMatchObject([
      {
        agent: 'planner',
        intent_id: 'i1',
        action: { arguments: { instances: 4 } },
        action_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect([bench.done.length, logged.length]).toEqual([1, 2]);
  });

  it('An act that needs an approval is denied when the approver denies it', async () => {
    const bench = new Bench('require_approval');
    const { result } = await acted({ ...bench.options, approver: approver(false) });
    expect(result).toMatchObject({ status: 'denied', reason: 'not approved by ann: because' });
    expect(bench.done).toEqual([]);
  });

  it('An approved act is not executed when policy denies it meanwhile', async () => {
    const bench = new Bench('require_approval', 'deny');
    const { result } = await acted({ ...bench.options, approver: approver(true) });
    expect(result).toMatchObject({ status: 'denied', reason: 'rule says deny' });
    expect(bench.done).toEqual([]);
  });
});
