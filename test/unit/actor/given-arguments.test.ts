/** Faulty calls of a context from JavaScript are refused with a typed error that names the fault. */
import { describe, expect, it } from 'vitest';
import type { HandlingContext } from '../../../runtime/actor/context.ts';
import { NodeRig } from '../../support/node-rig.ts';

type Loose = Record<'tell' | 'ask' | 'broadcast' | 'find' | 'step' | 'reason' | 'escalate' | 'act', LooseCall>;
type LooseCall = (...args: readonly unknown[]) => Promise<unknown>;

const draft = { intent_type: 'alert' };
const action = { name: 'scale', resource: 'api', arguments: {}, facts: {} };
const rationale = {
  context_retrieved: [],
  alternatives_considered: [],
  decision_rationale: 'because',
  confidence_score: 1,
  expected_outcome: {},
};

/** What a call in a handler throws. */
async function thrownBy(call: (ctx: Loose) => unknown): Promise<unknown> {
  const rig = new NodeRig();
  const thrown: unknown[] = [];
  const receive = async (_intent: unknown, ctx: HandlingContext): Promise<void> => {
    try {
      await call(ctx as unknown as Loose);
    } catch (error) {
      thrown.push(error);
    }
  };
  const { node } = await rig.start({ agents: [{ kind: 'worker', intents: { alert: {} }, receive }] });
  await rig.wait(node.tell('worker', draft));
  await rig.quiet(node);
  return thrown[0];
}

describe('an agent', () => {
  it.each<[string, (ctx: Loose) => unknown, Record<string, unknown>]>([
    ['tells nothing', ({ tell }) => tell('worker', null), { code: 'PARLEY_INVALID_INTENT', path: '' }],
    ['tells no receiver', ({ tell }) => tell(), { code: 'PARLEY_MISSING_RECEIVER' }],
    [
      'misspells a field of what it tells',
      ({ tell }) => tell('worker', { ...draft, success_critera: {} }),
      { message: 'unknown field "success_critera" of a draft: did you mean "success_criteria"?' },
    ],
    [
      'tells with options',
      ({ tell }) => tell('worker', draft, { mode: 'drop' }),
      { code: 'PARLEY_INVALID_OPTION', option: 'tell' },
    ],
    ['asks nothing', ({ ask }) => ask('worker', undefined), { code: 'PARLEY_INVALID_INTENT', path: '' }],
    ['asks with options that are null', ({ ask }) => ask('worker', draft, null), { option: 'ask' }],
    [
      'misspells an option of ask',
      ({ ask }) => ask('worker', draft, { timeoutMS: 5 }),
      { message: 'unknown option "timeoutMS" of ask: did you mean "timeoutMs"?' },
    ],
    ['broadcasts nothing', ({ broadcast }) => broadcast(), { code: 'PARLEY_INVALID_INTENT', path: '' }],
    [
      'misspells a field of what it broadcasts',
      ({ broadcast }) => broadcast({ intent_typ: 'alert' }),
      { message: 'unknown field "intent_typ" of a draft: did you mean "intent_type"?' },
    ],
    ['broadcasts no type', ({ broadcast }) => broadcast({}), { code: 'PARLEY_INVALID_INTENT', path: 'intent_type' }],
    ['finds nothing', ({ find }) => find(), { code: 'PARLEY_INVALID_OPTION', option: 'accepts' }],
    ['finds by nothing', ({ find }) => find({}), { option: 'accepts' }],
    [
      'misspells what it finds by',
      ({ find }) => find({ accept: 'alert' }),
      { message: 'unknown option "accept" of find: did you mean "accepts"?' },
    ],
    ['takes a step without a function', ({ step }) => step('x'), { option: 'run' }],
    ['takes a step without a name', ({ step }) => step(() => 1), { option: 'name' }],
    ['reasons without a thought', ({ reason }) => reason({}), { option: 'think' }],
    ['reasons without limits', ({ reason }) => reason(() => 1), { option: 'reason' }],
    [
      'misspells a limit of reasoning',
      ({ reason }) => reason({ maxIteration: 1 }, () => 1),
      { message: 'unknown option "maxIteration" of reason: did you mean "maxIterations"?' },
    ],
    ['calls a human without a word', ({ escalate }) => escalate(), { option: 'message' }],
    ['calls a human with a text as detail', ({ escalate }) => escalate('help', 'x'), { option: 'detail' }],
    [
      'calls a human with a value that is not JSON',
      ({ escalate }) => escalate('help', { n: 1n }),
      { code: 'PARLEY_NOT_JSON' },
    ],
    ['acts without an action', ({ act }) => act(), { code: 'PARLEY_INVALID_ACT', path: 'action' }],
    ['acts without a reason', ({ act }) => act(action), { code: 'PARLEY_INVALID_ACT', path: 'rationale' }],
    [
      'misspells the cause of an action',
      ({ act }) => act({ ...action, cuase: {} }, rationale),
      { code: 'PARLEY_INVALID_ACT', message: 'unknown field "cuase" of action: did you mean "cause"?' },
    ],
    [
      'misspells a field of a cause',
      ({ act }) => act({ ...action, cause: { intent_id: 'a', root_intent_id: 'a', constraint: {} } }, rationale),
      { message: 'unknown field "constraint" of action.cause: did you mean "constraints"?' },
    ],
    [
      'misspells a field of its rationale',
      ({ act }) => act(action, { ...rationale, confidence: 1 }),
      { code: 'PARLEY_INVALID_ACT', path: 'rationale.confidence' },
    ],
    [
      'misspells a field of what it has read',
      ({ act }) => act(action, { ...rationale, context_retrieved: [{ source: 'agent', id: 'a', txt: 'b' }] }),
      { message: 'unknown field "txt" of rationale.context_retrieved[0]: did you mean "text"?' },
    ],
  ])('An agent that %s gets a typed error', async (_what, call, error) => {
    expect(await thrownBy(call)).toMatchObject(error);
  });
});
