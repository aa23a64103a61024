/** Faulty options of a node from JavaScript are refused with a typed error that names them. */
import { describe, expect, it } from 'vitest';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import type { AskOptions } from '../../../runtime/messaging/speech.ts';
import { type App, defineApp } from '../../../runtime/node/app.ts';
import { startNode } from '../../../runtime/node/node.ts';
import type { StopOptions, TellOptions } from '../../../runtime/node/node-calls.ts';
import { compileNode, type NodeOptions } from '../../../runtime/node/node-options.ts';
import type { NodeObserver } from '../../../runtime/node/observer.ts';
import { NodeRig } from '../../support/node-rig.ts';

const worker = defineAgent({
  kind: 'worker',
  delivery: 'at_least_once',
  intents: { alert: {} },
  receive: (_intent, ctx) => ctx.reply('done'),
});
/** As JavaScript calls it. */
const looseApp = defineApp as (given: unknown) => App;
const draft = { intent_type: 'alert' };
const invalid = (option: string): Error => expect.objectContaining({ code: 'PARLEY_INVALID_OPTION', option }) as Error;
const misspelt = (message: string): Error => expect.objectContaining({ message }) as Error;

describe('an app', () => {
  it.each([undefined, null, 5, 'app', [worker]])('An app that is %s is refused', async (given) => {
    expect(() => looseApp(given)).toThrow(invalid('defineApp'));
    await expect(startNode(given as unknown as App, {} as NodeOptions)).rejects.toThrow(invalid('defineApp'));
  });

  it.each<[unknown, string]>([
    [{}, 'agents'],
    [{ agents: null }, 'agents'],
    [{ agents: [null] }, 'agents'],
    [{ agents: [{ kind: 'worker', intents: {} }] }, 'agents'],
    [{ agents: [], pol: 'main' }, 'defineApp.pol'],
  ])('An app is refused: %j', (given, option) => {
    expect(() => looseApp(given)).toThrow(invalid(option));
  });
});

describe('the options of a node', () => {
  const compile = (given: unknown): unknown => compileNode({ agents: [worker] }, given as NodeOptions);
  const good = { transport: new NodeRig().process().transport, mesh: 'sim' };

  it.each<[Record<string, unknown>, string]>([
    [{ tranport: {} }, 'unknown option "tranport" of startNode: did you mean "transport"?'],
    [{ limit: {} }, 'unknown option "limit" of startNode: did you mean "limits"?'],
    [{ limits: { laneCapcity: 1 } }, 'unknown option "laneCapcity" of limits: did you mean "laneCapacity"?'],
    [{ egress: { rate: 1, burst: 1 } }, 'unknown option "rate" of egress: it takes ratePerSecond, burst'],
    [{ actions: { actuator: {} } }, 'unknown option "actuator" of actions: did you mean "actuators"?'],
    [{ observer: { handeld: () => 0 } }, 'unknown option "handeld" of observer: did you mean "handled"?'],
    [{ memory: { workin: {} } }, 'unknown option "workin" of memory: did you mean "working"?'],
  ])('Misspelt options of a node are refused with the intended name: %j', (given, message) => {
    expect(() => compile({ ...good, ...given })).toThrow(misspelt(message));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ transport: undefined }, 'transport'],
    [{ transport: null }, 'transport'],
    [{ transport: Promise.resolve() }, 'transport'],
    [{ egress: null }, 'egress'],
    [{ intake: null }, 'intake'],
    [{ intake: { worker: 5 } }, 'intake.worker'],
    [{ limits: null }, 'limits'],
    [{ start: 'now' }, 'start'],
    [{ archive: 'yes' }, 'archive'],
    [{ strayErrors: null }, 'strayErrors'],
    [{ clock: Date }, 'clock'],
    [{ random: Math.random }, 'random'],
    [{ log: 'info' }, 'log'],
    [{ log: { info: () => 0 } }, 'log'],
    [{ observer: null }, 'observer'],
    [{ observer: { sent: true } }, 'observer.sent'],
    [{ tracing: {} }, 'tracing'],
    [{ actions: null }, 'actions'],
    [{ actions: {} }, 'actions.actuators'],
    [{ actions: { actuators: { scale: 'up' } } }, 'actions.actuators.scale'],
    [{ actions: { actuators: {}, policy: {} } }, 'actions.policy'],
    [{ actions: { actuators: {}, traces: {} } }, 'actions.traces'],
    [{ actions: { actuators: {}, approver: () => true } }, 'actions.approver'],
    [{ memory: null }, 'memory'],
    [{ memory: { working: {} } }, 'memory.working'],
  ])('The options %j of a node are refused, naming the option', (given, option) => {
    expect(() => compile({ ...good, ...given })).toThrow(invalid(option));
  });

  it.each([undefined, null, 5])('Options of a node that are %s are refused', (given) => {
    expect(() => compile(given)).toThrow(invalid('startNode'));
  });
});

describe('a running node', () => {
  const started = async () => {
    const rig = new NodeRig();
    const { node } = await rig.start({ agents: [worker] });
    return { rig, node };
  };
  const field = (path: string): Error => expect.objectContaining({ code: 'PARLEY_INVALID_INTENT', path }) as Error;

  it.each<[unknown, Error]>([
    [null, field('')],
    [undefined, field('')],
    ['alert', field('')],
    [[draft], field('')],
    [{}, field('intent_type')],
    [{ ...draft, contxt: {} }, misspelt('unknown field "contxt" of a draft: did you mean "context"?')],
    [{ ...draft, intentId: 'a' }, misspelt('unknown field "intentId" of a draft: did you mean "intent_id"?')],
    [{ ...draft, from_agent: 'x' }, field('from_agent')],
    [{ ...draft, deadline: 5 }, field('deadline')],
    [{ ...draft, budget: { usdd: 5 } }, field('budget.usdd')],
  ])('A running node refuses to tell or ask the draft %j', async (given, refusal) => {
    const { rig, node } = await started();
    await expect(rig.wait(node.tell('worker', given as never))).rejects.toThrow(refusal);
    await expect(rig.wait(node.ask('worker', given as never))).rejects.toThrow(refusal);
    expect(rig.broker.pool('main').stored()).toEqual([]);
  });

  it.each<[unknown, string]>([
    [null, 'tell'],
    [5, 'tell'],
    [{ mod: 'drop' }, 'tell.mod'],
    [{ timeoutMs: 5 }, 'tell.timeoutMs'],
    [{ mode: null }, 'mode'],
    [{ deadlineMs: '5' }, 'deadlineMs'],
  ])('A running node refuses to tell with the options %j', async (options, option) => {
    const { rig, node } = await started();
    await expect(rig.wait(node.tell('worker', draft, options as TellOptions))).rejects.toThrow(invalid(option));
  });

  it.each<[unknown, string]>([
    [null, 'ask'],
    [{ timeout: 5 }, 'ask.timeout'],
    [{ mode: 'wait' }, 'ask.mode'],
    [{ timeoutMs: '5' }, 'timeoutMs'],
    [{ timeoutMs: null }, 'timeoutMs'],
  ])('A running node refuses to ask with the options %j', async (options, option) => {
    const { rig, node } = await started();
    await expect(rig.wait(node.ask('worker', draft, options as AskOptions))).rejects.toThrow(invalid(option));
  });

  it.each([undefined, null, 5, {}, ''])(
    'A running node refuses to tell or ask %j, with a rejected promise',
    async (to) => {
      const { rig, node } = await started();
      const code = expect.objectContaining({ code: expect.stringMatching(/MISSING_RECEIVER|INVALID_ID/) }) as Error;
      await expect(rig.wait(node.tell(to as string, draft))).rejects.toThrow(code);
      await expect(rig.wait(node.ask(to as string, draft))).rejects.toThrow(code);
    },
  );

  it.each<[unknown, string]>([
    [null, 'stop'],
    [{ drain: 5 }, 'stop.drain'],
    [{ drainMs: '5' }, 'stop.drainMs'],
    [{ drainMs: Number.NaN }, 'stop.drainMs'],
  ])('A running node refuses to stop with the options %j, and keeps serving', async (options, option) => {
    const { rig, node } = await started();
    await expect(rig.wait(node.stop(options as StopOptions))).rejects.toThrow(invalid(option));
    expect(await rig.wait(node.ask('worker', draft))).toBe('done');
  });

  it('A running node refuses an observer with an unknown hook', async () => {
    const { node } = await started();
    expect(() => node.observe({ handeld: () => 0 } as NodeObserver)).toThrow(
      misspelt('unknown option "handeld" of observer: did you mean "handled"?'),
    );
  });
});
