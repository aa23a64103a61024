/** A node in a service whose nats-server is away at start, killed while it runs, and back. */
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { PlainServer } from '../../support/plain-server.ts';

it('A node survives an outage of its server, reports what is missing, and handles accepted intents afterwards', async () => {
  await using server = await PlainServer.open();
  await using transport = await connectJetStream({ url: server.url, mesh: 'away', whenUnavailable: 'wait' });
  const handled: unknown[] = [];
  const app = { agents: [listener('worker', ['alert'], (intent) => void handled.push(intent.context.n))] };
  await using node = await startNode(app, { transport, mesh: 'away', start: 'background' });
  const tell = (n: number) => node.tell('worker', { intent_type: 'alert', context: { n } }, { mode: 'wait' });
  await until('it says why', () => node.health.reasons.join().includes('connection refused'));
  expect(node.health).toMatchObject({ status: 'degraded', ready: false });
  const early = tell(1);

  server.start();
  expect(await early).toMatchObject({ to: 'worker' });
  await until('it is handled', () => handled.length === 1);
  await until('it is ready', () => node.health.ready);
  expect(node.health).toEqual({ status: 'ok', ready: true, reasons: [] });

  await server.kill();
  await until('it is noticed', () => node.health.status === 'degraded');
  expect(node.health.reasons[0]).toContain('no connection to nats-server');
  const meanwhile = [2, 3, 4].map(tell);
  server.start();
  expect(await Promise.all(meanwhile)).toMatchObject([{ to: 'worker' }, { to: 'worker' }, { to: 'worker' }]);
  await node.whenIdle();
  expect(handled).toEqual([1, 2, 3, 4]);
  await until('all is well', () => node.health.status === 'ok');
});

it('Sends and questions while the server is away fail within their deadline, and say so', async () => {
  await using server = await PlainServer.open();
  server.start();
  await using transport = await connectJetStream({ url: server.url, mesh: 'away', whenUnavailable: 'wait' });
  const app = { agents: [listener('worker', ['alert'], () => undefined)] };
  await using node = await startNode(app, { transport, mesh: 'away', limits: { sendDeadlineMs: 500 } });
  await node.tell('worker', { intent_type: 'alert' });
  await node.whenIdle();
  await server.kill();
  await until('it is noticed', () => node.health.status === 'degraded');
  const reasonOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'it was stored',
      (error: Error) => error.message,
    );
  const draft = { intent_type: 'alert' };
  const reasons = await Promise.all([
    reasonOf(node.tell('worker', draft)),
    reasonOf(node.tell('worker', draft)),
    reasonOf(node.tell('worker', draft, { deadlineMs: 300 })),
    reasonOf(node.tell('stranger', draft)),
    reasonOf(node.ask('worker', draft, { timeoutMs: 400 })),
  ]);
  const away = `no connection to nats-server at ${transport.describe.split(' at ')[1] ?? ''}`;
  expect(reasons).toEqual(reasons.map(() => expect.stringContaining(away)));
});

it('A node can be stopped while it waits for a server that never comes', async () => {
  await using server = await PlainServer.open();
  await using transport = await connectJetStream({ url: server.url, mesh: 'never', whenUnavailable: 'wait' });
  const app = { agents: [listener('worker', ['alert'], () => undefined)] };
  await using node = await startNode(app, { transport, mesh: 'never', start: 'background' });
  const told = node
    .tell('worker', { intent_type: 'alert' }, { mode: 'wait' })
    .catch((error: { code: string }) => error.code);
  await until('it says why', () => node.health.reasons.length > 0);
  await node.stop({ drainMs: 0 });
  await transport.close();
  expect(await told).toMatch(/PARLEY_(NODE_STOPPING|TRANSPORT_UNAVAILABLE)/);
  expect(node.health.status).toBe('stopping');
});

it('A node without the option to wait fails at start', async () => {
  await using server = await PlainServer.open();
  await expect(connectJetStream({ url: server.url, mesh: 'away' })).rejects.toMatchObject({
    code: 'PARLEY_TRANSPORT_UNAVAILABLE',
  });
});
