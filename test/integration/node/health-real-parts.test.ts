/** Health of a node on a real server: what is wrong is said, and is over when it is put right. */
import { afterEach, beforeEach, expect, it } from 'vitest';
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

it('a handler that never settles is named, until it settles', async () => {
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

it('an archive that takes nothing is said, with why, until it takes it', async () => {
  await using rig = await serve({ stallAlarmMs: 500 });
  await server.configure(denying(`publish: { allow: ">", deny: "${mesh}.arc.>" }`, 'subscribe: ">"'));
  await server.reload();
  await rig.node.tell('worker', alert);
  await rig.ill(/^the archive has not taken what is finished for \d+\.\d s: .+$/m);
  await server.configure(everything);
  await server.reload();
  await rig.node.quiet();
  expect(rig.node.health.reasons.filter((reason) => reason.startsWith('the archive'))).toEqual([]);
});

it('metrics leave out what only the store knows while it is away', async () => {
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

it('a subscription that the server refuses is named', async () => {
  await server.configure(denying('publish: ">"', `subscribe: { allow: ">", deny: "${mesh}.in.>" }`));
  await server.reload();
  await using rig = await serve();
  await rig.ill(new RegExp(`subscribe to "${mesh}\\.in\\.`));
});
