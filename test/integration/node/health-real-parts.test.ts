/** Health of a node on a real server: each fault is reported until it is repaired. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../../../runtime/gateway/index.ts';
import { startNode } from '../../../runtime/node/node.ts';
import type { NodeOptions } from '../../../runtime/node/node-options.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { ConfiguredServer, user, users } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';

const mesh = 'ill';
const alert = { intent_type: 'alert' };
let server: ConfiguredServer;

const denying = (...lines: readonly string[]): string => users(user('node', lines.join(', ')));
const everything = denying('publish: ">"', 'subscribe: ">"');

beforeEach(async () => {
  server = await ConfiguredServer.start(everything);
});
afterEach(() => server[Symbol.asyncDispose]());

async function serve(limits: NodeOptions['limits'] = {}, receive: () => Promise<void> | void = () => undefined) {
  const transport = await connectJetStream({ url: server.url('node'), mesh, say: () => undefined });
  const worker = listener('worker', ['alert'], receive);
  const node = await startNode({ agents: [worker] }, { transport, mesh, limits });
  const gateway = await startGateway(node);
  const ill = (pattern: RegExp) =>
    until(
      `health says ${pattern}`,
      () => node.health.status === 'degraded' && pattern.test(node.health.reasons.join('\n')),
    );
  return {
    node,
    ill,
    well: () => until('health is ok', () => node.health.status === 'ok', 180_000),
    metrics: async () => (await fetch(`${gateway.url}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await node.stop({ drainMs: 0 });
      await transport.close();
    },
  };
}

it('Health names a handler that never settles, until it settles', async () => {
  let settle: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    settle = resolve;
  });
  await using rig = await serve({ handlingAlarmMs: 50 }, () => gate);
  await rig.node.tell('worker', alert);
  await rig.ill(/^agent "worker" has been busy with one thing for \d+\.\d s: its mailbox waits$/m);
  settle();
  await rig.well();
});

it('Health names an archive that accepts nothing, with the reason, until it accepts again', async () => {
  await using rig = await serve({ stallAlarmMs: 500 });
  await server.configure(denying(`publish: { allow: ">", deny: "${mesh}.arc.>" }`, 'subscribe: ">"'));
  await server.reload();
  await rig.node.tell('worker', alert);
  await rig.ill(/^the archive has not taken what is finished for \d+\.\d s: .+$/m);
  await server.configure(everything);
  await server.reload();
  await rig.node.whenIdle();
  expect(rig.node.health.reasons.filter((reason) => reason.startsWith('the archive'))).toEqual([]);
});

it('Metrics omit values that only the store knows while it is away', async () => {
  await using rig = await serve();
  const known = ['parley_pool_backlog', 'parley_store_fill_ratio'];
  const shown = async (): Promise<readonly string[]> => {
    const text = await rig.metrics();
    return known.filter((name) => new RegExp(`^${name} `, 'm').test(text));
  };
  expect(await shown()).toEqual(known);
  await server.stop();
  await rig.ill(/^no connection to /m);
  expect(await shown()).toEqual([]);
  expect(await rig.metrics()).toMatch(/^parley_ready 0$/m);
  await server.start();
  await rig.well();
  expect(await shown()).toEqual(known);
});

/** A refusal that is not repeated is forgotten after 90 s: within so long it was known to be over. */
const soonMs = 60_000;

describe('an operation that the server refuses', () => {
  const allowed = 'allow: ">"';
  it.each<[string, string, string, RegExp]>([
    ['a subscription', `{ ${allowed} }`, `{ ${allowed}, deny: "${mesh}.in.>" }`, /subscribe to "ill\.in\./],
    [
      'a subscription to announcements',
      `{ ${allowed} }`,
      `{ ${allowed}, deny: "${mesh}.node.>" }`,
      /subscribe to "ill\.node\./,
    ],
    [
      'a proof of contact',
      `{ ${allowed}, deny: "${mesh}.conf.main.0" }`,
      `{ ${allowed} }`,
      /publish to "ill\.conf\.main\.0"/,
    ],
    [
      'a question to the API',
      `{ ${allowed}, deny: "$JS.API.STREAM.INFO.ILL_MBX_MAIN" }`,
      `{ ${allowed} }`,
      /publish to "\$JS\.API\./,
    ],
  ])(
    'Health names what the server refuses, until it is permitted and used again: %s',
    async (_what, publish, subscribe, pattern) => {
      await using rig = await serve();
      await rig.well();
      await server.configure(denying(`publish: ${publish}`, `subscribe: ${subscribe}`));
      await server.reload();
      await rig.ill(pattern);
      await server.configure(everything);
      await server.reload();
      await until('health is ok', () => rig.node.health.status === 'ok', soonMs);
    },
  );

  it('Health names a refused archive record, until it is permitted and used again', async () => {
    await using rig = await serve();
    await server.configure(denying(`publish: { ${allowed}, deny: "${mesh}.arc.>" }`, 'subscribe: ">"'));
    await server.reload();
    await rig.node.tell('worker', alert);
    await rig.ill(/publish to "ill\.arc\./);
    await server.configure(everything);
    await server.reload();
    await until('health is ok', () => rig.node.health.status === 'ok', soonMs);
  });
});
