/** Invariant 4's near half: what a living node has handled it does not handle again, although its acknowledgement was lost. */
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

const intents = 200;

it('does not handle again what it handled while its acknowledgements were lost with the connection', async () => {
  await using server = await startTestServer();
  await using proxy = await startProxy(server.server.port);
  await using direct = await connectJetStream({ url: server.url, mesh: 'acks' });
  await using proxied = await connectJetStream({ url: proxy.url, mesh: 'acks' });
  const handled: number[] = [];
  await using node = await startNode(
    { agents: [listener('a', ['alert'], (intent) => void handled.push(Number(intent.context.n)))] },
    { transport: proxied, mesh: 'acks' },
  );
  await using sender = await startNode({ agents: [] }, { transport: direct, mesh: 'acks', egress: 'off' });
  await sender.tell('a', { intent_type: 'alert', context: { n: -1 } });
  await node.quiet();

  proxy.swallow();
  // together, so that they are handled while the node's last proof of contact is fresh
  await Promise.all(
    Array.from({ length: intents }, (_, n) => sender.tell('a', { intent_type: 'alert', context: { n } })),
  );
  await until('every intent is handled', () => handled.length > intents);
  expect(await direct.backlog('main')).toBeGreaterThan(0);

  proxy.cut();
  await node.quiet();
  expect(await direct.backlog('main')).toBe(0);
  expect(handled).toEqual([-1, ...Array.from({ length: intents }, (_, n) => n)]);
  expect(node.counts.repeats).toBe(intents);
});
