/** Header blocks that the client library refuses to decode: nats-server passes on whatever a stranger writes. */
import { randomUUID } from 'node:crypto';
import { propagation } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../runtime/core/clock.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { type Gateway, startGateway } from '../../../runtime/gateway/index.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { openConnection } from '../../../runtime/transport/jetstream/connection.ts';
import { ConnectionProblems } from '../../../runtime/transport/jetstream/connection-problems.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { RawNats } from '../../fuzz/wire/nats-client.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const mesh = 'shop';
const handled: Intent[] = [];
let server: TestServer;
let transport: Transport;
let node: Node;
let gateway: Gateway;
let stranger: RawNats;
let client: NatsConnection;

beforeAll(async () => {
  // so that headers are read
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh });
  const worker = listener('worker', ['alert'], (intent) => void handled.push(intent));
  node = await startNode({ agents: [worker] }, { transport, mesh, partitions: 1 });
  gateway = await startGateway(node);
  stranger = await RawNats.connect(Number(new URL(server.url).port));
  client = await connect({ servers: server.url });
});

afterAll(async () => {
  stranger[Symbol.dispose]();
  await client.close();
  await gateway.stop();
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
  propagation.disable();
});

const blocks = [
  ['a line feed in a value', 'NATS/1.0\r\nA: b\nc\r\n\r\n'],
  ['a carriage return in a value', 'NATS/1.0\r\nA: b\rc\r\n\r\n'],
  ['a name with a space', 'NATS/1.0\r\na b: c\r\n\r\n'],
  ['an empty name', 'NATS/1.0\r\n: c\r\n\r\n'],
  ['a name of control characters', 'NATS/1.0\r\n\u0001\u007f: c\r\n\r\n'],
  ['a name that is no ASCII', 'NATS/1.0\r\n\u00e4: c\r\n\r\n'],
  ['no name', 'NATS/1.0\r\nabc\r\n\r\n'],
  ['a status', 'NATS/1.0 503\r\n\r\n'],
] as const;

const headersOf = (block: string): Buffer => Buffer.from(block, 'latin1');

it.each(blocks)('An ingress request with %s is answered', async (_what, block) => {
  const payload = Buffer.from('{"intent_type":"alert"}');
  const answer = await stranger.request({
    subject: `${mesh}.in.client.a.worker.=`,
    headers: headersOf(block),
    payload,
  });
  expect(JSON.parse(answer.payload.toString())).toMatchObject({ ticket: expect.any(String) });
});

it.each(blocks)('An intent in a mailbox with %s is handled', async (_what, block) => {
  const id = randomUUID();
  await stranger.request({ subject: lane, headers: headersOf(block), payload: intent(id) });
  await until('it is handled', () => handled.some(({ intent_id }) => intent_id === id));
});

it('Stored messages are read again whatever their headers', async () => {
  const seqs: number[] = [];
  for (const [, block] of blocks) {
    const answer = await stranger.request({ subject: held, headers: headersOf(block), payload: intent(randomUUID()) });
    seqs.push((JSON.parse(answer.payload.toString()) as { readonly seq: number }).seq);
  }
  const read = await transport.pools.fetch('main', held, seqs);
  expect(read.map(({ seq }) => seq)).toEqual(seqs);
});

it('A callback that throws fails that message alone', async () => {
  const said: string[] = [];
  const problems = new ConnectionProblems(systemClock, (line) => void said.push(line));
  const connection = await openConnection({ url: server.url, name: 'a test' }, { problems });
  let heard = 0;
  connection.subscribe('any.thing', {
    callback: () => {
      heard++;
      throw new Error('it is unreadable');
    },
  });
  await connection.flush();
  client.publish('any.thing');
  client.publish('any.thing');
  await until('both are heard', () => heard === 2);
  expect(said).toEqual(['a message on "any.thing" could not be read: it is unreadable']);
  await connection.flush();
  await connection.close();
});

const lane = `${mesh}.mbx.main.0.worker.=.client.a.i`;
/** No node has code for it: its intents wait. */
const held = `${mesh}.mbx.main.0.unknown.=.client.a.i`;

const intent = (intent_id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      intent_id,
      from_agent: 'client/a',
      to_agent: 'worker',
      intent_type: 'alert',
      context: {},
      constraints: {},
      success_criteria: {},
      timestamp: '2024-01-15T14:23:01Z',
      parent_intent_id: null,
    }),
  );
