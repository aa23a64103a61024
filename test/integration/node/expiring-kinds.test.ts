/** A kind that no node has renewed, on a real server, whose own clock counts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../runtime/core/clock.ts';
import { describeAgent, knownNodes } from '../../../runtime/inspect/index.ts';
import { startNode } from '../../../runtime/node/node.ts';
import type { BucketName, Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const mesh = 'expiring';
const dayMs = 86_400_000;
const alert = { intent_type: 'alert' };

let server: TestServer;
let transport: Transport;

beforeAll(async () => {
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh });
});

afterAll(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

const entryOf = async (bucket: BucketName, key: string): Promise<Record<string, unknown>> =>
  JSON.parse((await transport.bucket(bucket).read(key))?.value ?? '{}') as Record<string, unknown>;

/** Shortens the time to expire of an entry, as if that time had passed since its node renewed it last. */
async function expire(bucket: BucketName, key: string): Promise<void> {
  const found = await transport.bucket(bucket).read(key);
  const entry = { ...(await entryOf(bucket, key)), expire_after_ms: 0 };
  await transport.bucket(bucket).write(key, JSON.stringify(entry), found?.revision ?? 0);
}

/** A wall clock that is two months ahead. */
const ahead: Clock = { ...systemClock, now: () => systemClock.now() + 60 * dayMs };

it('A kind expires by the clock of the server, keeps its intents, and is known again when a node serves it', async () => {
  const handled: string[] = [];
  const app = { agents: [listener('worker', ['alert'], ({ intent_id }) => void handled.push(intent_id))] };
  const first = await startNode(app, { transport, mesh });
  expect(await entryOf('meshConfig', 'kind.worker')).toMatchObject({ expire_after_ms: 30 * dayMs });
  expect(await entryOf('registry', 'kind.worker')).toMatchObject({ expire_after_ms: 30 * dayMs });
  await first.stop();

  await using client = await startNode({ agents: [] }, { transport, mesh, clock: ahead });
  const { intent_id: early } = await client.tell('worker', alert);
  expect(handled).toEqual([]);

  await expire('meshConfig', 'kind.worker');
  await expire('registry', 'kind.worker');
  await using stranger = await startNode({ agents: [] }, { transport, mesh });
  const refusal = async (): Promise<unknown> => stranger.tell('worker', alert).catch((error: unknown) => error);
  await until('the kind has expired', async () => (await refusal()) instanceof Error);
  expect(await refusal()).toMatchObject({ code: 'PARLEY_UNKNOWN_AGENT', retryable: false });
  await expect(describeAgent(transport, 'worker')).rejects.toMatchObject({ code: 'PARLEY_UNKNOWN_AGENT' });
  expect((await knownNodes(transport)).records).toEqual([]);
  expect(await stranger.mailboxOf('worker')).toMatchObject({ pool: 'main' });

  await using again = await startNode(app, { transport, mesh });
  await until('the intent that waited is handled', () => handled.includes(early));
  const { intent_id: late } = await stranger.tell('worker', alert);
  await until('the new one too', () => handled.includes(late));
  expect(await describeAgent(transport, 'worker')).toMatchObject({ served_by: [again.id] });
  expect(await entryOf('meshConfig', 'kind.worker')).toMatchObject({ expire_after_ms: 30 * dayMs });
});

it('An unknown kind is refused with the nearest known one', async () => {
  await using node = await startNode(
    { pool: 'other', agents: [listener('planner', ['alert'], () => undefined)] },
    { transport, mesh },
  );
  await expect(node.tell('planer', alert)).rejects.toMatchObject({
    code: 'PARLEY_UNKNOWN_AGENT',
    message: expect.stringContaining('did you mean "planner"?'),
  });
});
