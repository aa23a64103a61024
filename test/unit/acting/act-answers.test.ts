/** The answers of a policy engine and an approver are read once, checked, copied and frozen. Any other answer is a recorded denial. */
import { describe, expect, it } from 'vitest';
import type { ActResult, Decision } from '../../../runtime/core/acting.ts';
import { type ActOptions, defineAgent, type HandlingContext } from '../../../runtime/index.ts';
import type { Approver } from '../../../runtime/policy/approver.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

const good: Decision = {
  effect: 'allow',
  reason: 'rule says allow',
  contributions: [{ id: 'rule', tier: 10, effect: 'allow', reason: 'it is cheap' }],
  winners: ['rule'],
  conflict: false,
  strategy: 'deny_overrides',
  bundle: 'b1',
};

const yes: Approver = { ask: async () => ({ approved: true, by: 'ann', comment: 'go ahead' }) };

interface Acted {
  readonly came: ActResult;
  readonly done: number;
  readonly logged: readonly unknown[];
  readonly traced: readonly unknown[];
}

async function acted(options: Partial<ActOptions>): Promise<Acted> {
  const bench = new Bench('allow');
  let came: unknown;
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    async receive(_intent, ctx) {
      came = await (ctx as HandlingContext).act(scale, reasons).catch((error: unknown) => error);
    },
  });
  await using mesh = await testMesh([agent], { node: { actions: { ...bench.options, ...options } } });
  await mesh.tell(agent, { intent_type: 'go', intent_id: 'i1' });
  await mesh.settled();
  return { came: came as ActResult, done: bench.done.length, logged: mesh.decisions, traced: bench.traces };
}

const engine = (decide: () => unknown): PolicyEngine => ({ bundle: 'b1', decide: decide as () => Decision });

/** Says deny first, and allow from then on. */
function changing(): unknown {
  let reads = 0;
  return Object.defineProperty({ ...good }, 'effect', {
    enumerable: true,
    get: () => (reads++ === 0 ? 'deny' : 'allow'),
  });
}

describe('the answer of a policy engine', () => {
  it.each<[string, () => unknown]>([
    ['an unknown effect', () => ({ ...good, effect: 'denied' })],
    ['an effect in capitals', () => ({ ...good, effect: 'ALLOW' })],
    ['no effect', () => ({ ...good, effect: undefined })],
    ['a list of effects', () => ({ ...good, effect: ['allow'] })],
    ['an effect that changes between two readings', changing],
    ['an object whose prototype has the effect', () => Object.create(good)],
    ['a promise', async () => good],
    ['a promise that fails', () => Promise.reject(new Error('later'))],
    ['nothing', () => undefined],
    ['null', () => null],
    ['true', () => true],
    ['a list', () => [good]],
    [
      'a class',
      () =>
        new (class {
          effect = 'allow';
        })(),
    ],
    ['no reason', () => ({ ...good, reason: 5 })],
    ['a contribution without an effect', () => ({ ...good, contributions: [{ id: 'r', tier: 1, reason: 'x' }] })],
    ['contributions that are no list', () => ({ ...good, contributions: {} })],
    ['a winner without a name', () => ({ ...good, winners: [5] })],
    ['an unknown strategy', () => ({ ...good, strategy: 'lowest' })],
    ['a conflict that is a text', () => ({ ...good, conflict: 'no' })],
    ['no bundle', () => ({ ...good, bundle: '' })],
    ['allowed in spite of an error', () => ({ ...good, error: 'PARLEY_POLICY_LIMIT' })],
    ['an error that is no text', () => ({ ...good, effect: 'deny', error: 5 })],
    [
      'an error',
      () => {
        throw new Error('out of order');
      },
    ],
    [
      'a text that is thrown',
      () => {
        throw 'boom';
      },
    ],
  ])("A policy engine's answer is a recorded denial when it is %s", async (_what, decide) => {
    const { came, done, logged, traced } = await acted({ policy: engine(decide), approver: yes });
    expect(done).toBe(0);
    expect(came).toMatchObject({ status: 'denied', decision: { effect: 'deny', error: 'PARLEY_POLICY_ANSWER' } });
    expect(logged).toMatchObject([{ result: { effect: 'deny', error: 'PARLEY_POLICY_ANSWER' } }]);
    expect(traced).toMatchObject([{ policy: { permitted: false, error: 'PARLEY_POLICY_ANSWER' } }]);
  });

  it('A policy engine that cannot decide at all gives a recorded denial', async () => {
    const policy = { ...engine(() => good) };
    const losing = new Proxy(policy, {
      get: (target, name) => {
        const found = Reflect.get(target, name) as unknown;
        Reflect.deleteProperty(target, name);
        return found;
      },
    });
    const { came, done } = await acted({ policy: losing, approver: yes });
    expect(done).toBe(0);
    expect(came).toMatchObject({ status: 'denied', decision: { error: 'PARLEY_POLICY_ANSWER' } });
  });

  it('The error with which a policy engine denies is recorded', async () => {
    const denied = { ...good, effect: 'deny', error: 'PARLEY_POLICY_LIMIT' };
    const { came, logged, traced } = await acted({ policy: engine(() => denied), approver: yes });
    expect(came).toMatchObject({ status: 'denied', decision: { effect: 'deny', error: 'PARLEY_POLICY_LIMIT' } });
    expect(logged).toMatchObject([{ result: { effect: 'deny', error: 'PARLEY_POLICY_LIMIT' } }]);
    expect(traced).toMatchObject([{ policy: { permitted: false, error: 'PARLEY_POLICY_LIMIT' } }]);
  });

  it("A policy engine's answer is copied: later changes by the engine have no effect", async () => {
    const answer = { ...good, contributions: good.contributions.map((one) => ({ ...one })) };
    const { came } = await acted({ policy: engine(() => answer) });
    answer.reason = 'another';
    (answer.contributions[0] as { reason: string }).reason = 'another';
    expect(came.decision).toEqual(good);
    expect(Object.isFrozen(came.decision)).toBe(true);
    expect(Object.isFrozen(came.decision.contributions[0])).toBe(true);
  });

  it('A decision is immutable: an approver cannot raise it', async () => {
    const approver: Approver = {
      ask: async (request) => {
        Reflect.set(request.decision, 'effect', 'allow');
        Reflect.set(request, 'decision', { ...good });
        return { approved: false, by: 'ann', comment: 'no' };
      },
    };
    const policy = engine(() => ({ ...good, effect: 'require_approval' }));
    const { came, done } = await acted({ policy, approver });
    expect(done).toBe(0);
    expect(came).toMatchObject({ status: 'denied', decision: { effect: 'require_approval' } });
  });

  it('The constraints are checked again when policy decides on an approved act', async () => {
    let asked = 0;
    const policy = engine(() => ({ ...good, effect: asked++ === 0 ? 'require_approval' : 'granted' }));
    const { came, done, logged } = await acted({ policy, approver: yes });
    expect(done).toBe(0);
    expect(came).toMatchObject({ status: 'denied', decision: { error: 'PARLEY_POLICY_ANSWER' } });
    expect(logged).toHaveLength(2);
  });
});

describe('the answer of an approver', () => {
  it.each<[string, unknown]>([
    ['the text "yes"', 'yes'],
    ['a text for a truth', { approved: 'yes', by: 'ann', comment: '' }],
    ['no approver', { approved: true, by: '', comment: '' }],
    ['nothing', undefined],
  ])("An approver's answer is a recorded denial when it is %s", async (_what, answer) => {
    const policy = engine(() => ({ ...good, effect: 'require_approval' }));
    const approver = { ask: async () => answer } as unknown as Approver;
    const { came, done, logged } = await acted({ policy, approver });
    expect(done).toBe(0);
    expect(came).toMatchObject({ status: 'denied', decision: { effect: 'deny', error: 'PARLEY_APPROVAL_ANSWER' } });
    expect(logged).toMatchObject([
      { result: { effect: 'require_approval' } },
      { result: { effect: 'deny', error: 'PARLEY_APPROVAL_ANSWER' } },
    ]);
  });
});
