import { expect, it } from 'vitest';
import { Activation } from '../../../runtime/actor/activation.ts';
import type { ActivationHost, HookDelivery, IntentDelivery } from '../../../runtime/actor/activation-host.ts';
import type { ActivationContext, HandlingContext } from '../../../runtime/actor/context.ts';
import { type AgentDefinition, defineAgent } from '../../../runtime/actor/define-agent.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { InlineHost } from '../../../runtime/isolation/inline-host.ts';
import { freshLease } from '../../support/leases.ts';
import { NodeRig } from '../../support/node-rig.ts';

const intent = { intent_id: 'i-1', intent_type: 'alert', context: { load: 3 } } as unknown as Intent;

function open(given: Partial<AgentDefinition<{ alert: object }, unknown>>) {
  const due: string[] = [];
  const clock = new ManualClock();
  const host: ActivationHost = new InlineHost(clock);
  const { compiled } = defineAgent({
    kind: 'worker',
    delivery: 'at_least_once',
    intents: { alert: {} },
    receive: () => undefined,
    ...given,
  } as AgentDefinition<{ alert: object }, unknown>);
  const activation = new Activation(1, 'worker/a', compiled, host, freshLease, 0);
  const start = (): unknown => host.start(activation, (timer) => void due.push(timer));
  const asContext = { self: 'worker/a' } as HandlingContext;
  /** As a host in another process gets it. */
  const intentFrom = (delivery: IntentDelivery): unknown =>
    host.deliver(activation, structuredClone(delivery), asContext);
  const hook = (delivery: HookDelivery): unknown => host.deliver(activation, structuredClone(delivery), asContext);
  return { host, activation, clock, due, start, intentFrom, hook };
}

it('Start makes the state of an activation at once', () => {
  const { start, activation } = open({ state: (id) => ({ id }) });
  expect(start()).toBeUndefined();
  expect(activation.state).toEqual({ id: 'worker/a' });
});

it('Start waits for a state that comes later, and passes on why it fails', async () => {
  const slow = open({ state: async () => 7 });
  await slow.start();
  expect(slow.activation.state).toBe(7);
  await expect(open({ state: () => Promise.reject(new Error('no state')) }).start()).rejects.toThrow('no state');
});

it('A state whose "then" returns nothing is awaited too', async () => {
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  const foreign = { then: (resolve: (value: number) => void) => void resolve(9) };
  const { start, activation } = open({ state: () => foreign });
  await start();
  expect(activation.state).toBe(9);
});

it('Each delivery runs the code that it names, with the context it was given', () => {
  const ran: unknown[] = [];
  const note = (name: string) => (ctx: ActivationContext) => void ran.push(`${name} of ${ctx.self}`);
  const { start, intentFrom, hook } = open({
    receive: ({ intent_type }: Intent, ctx: HandlingContext) => void ran.push(`${intent_type} of ${ctx.self}`),
    activated: note('activated'),
    passivated: note('passivated'),
    timers: { beat: note('beat') },
  } as Partial<AgentDefinition<{ alert: object }, unknown>>);
  start();
  hook({ kind: 'activated' });
  intentFrom({ kind: 'intent', intent, attempt: 1 });
  hook({ kind: 'timer', timer: 'beat' });
  hook({ kind: 'passivated' });
  expect(ran).toEqual(['activated', 'alert', 'beat', 'passivated'].map((name) => `${name} of worker/a`));
});

it('A timer that is due is reported, and is not run by the host itself', () => {
  const { start, activation, clock, due } = open({ timers: { beat: () => expect.unreachable() } });
  start();
  activation.timers?.after('beat', 100);
  clock.advance(100);
  expect(due).toEqual(['beat']);
});

it('Kill stops the timers of an activation', () => {
  const { start, host, activation, clock, due } = open({ timers: { beat: () => undefined } });
  start();
  activation.timers?.every('beat', 100);
  host.kill(activation);
  clock.advance(1_000);
  expect({ due, pending: clock.pending }).toEqual({ due: [], pending: 0 });
});

it('Abort aborts the signal of running code, with the reason', () => {
  const { host, activation } = open({});
  const reasons: Error[] = [];
  activation.running = { abort: (reason) => void reasons.push(reason) };
  host.abort(activation, 'it hangs');
  expect(reasons).toMatchObject([{ name: 'AbortError', message: 'it hangs' }]);
});

it('Abort of an activation in which nothing runs does nothing', () => {
  const { host, activation } = open({});
  expect(() => host.abort(activation, 'it hangs')).not.toThrow();
});

it('A handler that fails over a stray error finds its signal aborted', async () => {
  const rig = new NodeRig();
  const signals: AbortSignal[] = [];
  const agent = defineAgent({
    kind: 'worker',
    delivery: 'at_least_once',
    intents: { alert: { retry: { attempts: 1 } } },
    receive: async (_intent, { signal }) => {
      signals.push(signal);
      void Promise.reject(new Error('stray'));
      await new Promise(() => undefined);
    },
  });
  const { node } = await rig.start({ agents: [agent] });
  await rig.wait(node.tell('worker', { intent_type: 'alert', context: {} }));
  await rig.quiet(node);
  expect(signals.map(({ aborted, reason }) => [aborted, (reason as Error).message])).toEqual([
    [true, 'the handling failed'],
  ]);
});

it('A context kept after its handling failed has an aborted signal, also when it was not used before', async () => {
  const rig = new NodeRig();
  const contexts: ActivationContext[] = [];
  const agent = defineAgent({
    kind: 'worker',
    delivery: 'at_least_once',
    intents: { alert: { retry: { attempts: 1 } } },
    receive: (_intent, ctx) => {
      contexts.push(ctx);
      throw new Error('fails');
    },
  });
  const { node } = await rig.start({ agents: [agent] });
  await rig.wait(node.tell('worker', { intent_type: 'alert', context: {} }));
  await rig.quiet(node);
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
});
