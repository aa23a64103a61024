/** Health of whole nodes on the simulated store: a stuck part is reported until it works again. */

import { expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import type { Node } from '../../../runtime/node/node.ts';
import { type LooseAgent, NodeRig } from '../../support/node-rig.ts';

const stuck = (node: Node): string => node.health.reasons.join('; ');
const alert = { intent_type: 'alert' };

it.each(['a handler', 'a hook', 'a timer'])('Health shows %s that never settles after its limit', async (what) => {
  const { defineAgent } = await import('../../../runtime/actor/define-agent.ts');
  const rig = new NodeRig();
  const never = (): Promise<void> => new Promise(() => undefined);
  const worker = defineAgent({
    kind: 'worker',
    delivery: 'at_least_once',
    intents: { alert: {} },
    state: () => 0,
    timers: { tick: () => (what === 'a timer' ? never() : undefined) },
    activated: () => (what === 'a hook' ? never() : undefined),
    receive: {
      alert: (_intent, ctx) => {
        ctx.timers.after('tick', 1);
        return what === 'a handler' ? never() : undefined;
      },
    },
  });
  const { node } = await rig.start({ agents: [worker], limits: { handlingAlarmMs: 5_000 } });
  await rig.wait(node.tell('worker', alert));
  await rig.pass(4_900);
  expect(node.health.status).toBe('ok');
  await rig.pass(1_000);
  expect([node.health.status, stuck(node)]).toEqual([
    'degraded',
    expect.stringMatching(/^agent "worker" has been busy/),
  ]);
  expect(node.lags.handlingMs).toBeGreaterThan(5_000);
});

it('Agents with short tasks leave nothing under way', async () => {
  const rig = new NodeRig();
  const worker: LooseAgent = {
    kind: 'worker',
    intents: { alert: {} },
    receive: ({ context }) => {
      if (context.n === 1) throw new NonRetryableError('no');
      return context.n === 2 ? Promise.resolve() : undefined;
    },
  };
  const { node } = await rig.start({ agents: [worker], limits: { handlingAlarmMs: 1 } });
  for (let n = 0; n < 3; n++) await rig.wait(node.tell(`worker`, { ...alert, context: { n } }));
  await rig.quiet(node);
  await rig.pass(60_000);
  expect([node.lags.handlingMs, node.health.status]).toEqual([0, 'ok']);
});

it('Health reports a clock that is an hour off, whichever it is, until it is set right', async () => {
  for (const skewMs of [3_600_000, -3_600_000]) {
    const rig = new NodeRig();
    const { node } = await rig.start({
      agents: [{ kind: 'worker', intents: { alert: {} }, receive: () => undefined }],
      skewMs,
    });
    expect(stuck(node)).toMatch(skewMs > 0 ? /clock is 3600\.0 s behind/ : /clock is 3600\.0 s ahead/);
  }
});

it('Health reports a store that is filling up before clients are refused, until it is empty', async () => {
  const rig = new NodeRig();
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const worker: LooseAgent = { kind: 'worker', intents: { alert: {} }, receive: () => gate };
  const { node } = await rig.start({
    agents: [worker],
    limits: { storeBytes: 1024 * 1024, laneCapacity: 1_000 },
    egress: 'off',
  });
  const pad = 'x'.repeat(20_000);
  let refused: unknown = 'stored';
  for (let n = 0; n < 60 && refused !== 'PARLEY_STORE_FULL'; n++) {
    refused = await rig.outcome(node.tell('worker', { ...alert, context: { pad } }));
    await rig.pass(1_000);
  }
  expect(refused).toBe('PARLEY_STORE_FULL');
  expect([node.health.ready, stuck(node)]).toEqual([
    false,
    expect.stringMatching(/^the store is 6\d % full: intents are refused/),
  ]);
  open();
  await rig.quiet(node);
  await rig.pass(2_000);
  expect(node.health.status).toBe('ok');
});
