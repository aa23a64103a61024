/** A caller's trace continues inside the mesh, by either protocol, and across nodes. */
import { connect, headers, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startGateway } from '../../../runtime/gateway/index.ts';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { SpanRecorder } from '../../support/span-recorder.ts';

const closers: (() => unknown)[] = [];
function open<T extends Disposable | AsyncDisposable>(part: T): T {
  closers.unshift(() => (Symbol.asyncDispose in part ? part[Symbol.asyncDispose]() : part[Symbol.dispose]()));
  return part;
}

let recorder: SpanRecorder;
let client: NatsConnection;
let url: string;

beforeAll(async () => {
  recorder = open(new SpanRecorder());
  const server = open(await startTestServer());
  client = await connect({ servers: server.url });
  closers.unshift(() => client.close());
  const transport = open(await connectJetStream({ url: server.url, mesh: 'shop' }));
  const other = open(await connectJetStream({ url: server.url, mesh: 'shop' }));
  const relay = listener('relay', ['reduce_churn'], async (intent, ctx) => {
    await ctx.tell('retention', { intent_type: 'reduce_churn', context: intent.context });
  });
  const retention = listener('retention', ['reduce_churn'], () => undefined);
  open(await startNode({ agents: [retention], pool: 'second' }, { transport: other, mesh: 'shop' }));
  const node = open(await startNode({ agents: [relay] }, { transport, mesh: 'shop' }));
  url = open(await startGateway(node)).url;
});
afterEach(() => recorder.clear());
afterAll(async () => {
  for (const close of closers) await close();
});

const trace = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${trace}-b7ad6b7169203331-01`;
const text = '{"intent_type":"reduce_churn"}';

async function pathOfCaller(): Promise<readonly string[]> {
  await until('it is handled', () => recorder.pathTo('invoke_agent retention').length > 0);
  const span = recorder.spans.find(({ name }) => name === 'invoke_agent retention');
  expect(span?.spanContext().traceId).toBe(trace);
  return recorder.pathTo('invoke_agent retention');
}

const inside = ['send relay', 'invoke_agent relay', 'send retention', 'invoke_agent retention'];

it('A trace continues through the gateway by NATS request', async () => {
  const given = headers();
  given.set('traceparent', traceparent);
  await client.request('shop.in.client.me.relay.=', text, { headers: given, timeout: 5_000 });
  expect(await pathOfCaller()).toEqual(['shop.in', ...inside]);
});

it('A trace continues through the gateway by HTTP', async () => {
  const body = JSON.stringify({ ...JSON.parse(text), to_agent: 'relay' });
  const type = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/intents`, { method: 'POST', headers: { ...type, traceparent }, body });
  expect(answer.status).toBe(202);
  expect(await pathOfCaller()).toEqual(['POST /v1/intents', ...inside]);
});
