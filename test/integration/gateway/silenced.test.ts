/** A client that may write to its own lane knows the id of an intent that another one is going to send. */
import { hash } from 'node:crypto';
import { connect, headers, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bucketPlace } from '../../../runtime/core/store-places.ts';
import { mailboxSubject } from '../../../runtime/core/subjects.ts';
import { messageId } from '../../../runtime/mailbox/message-id.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
let transport: Transport;
let node: Node;
let mallory: NatsConnection;
const handled: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh: 'shop' });
  const worker = listener('worker', ['alert'], ({ intent_id }) => void handled.push(intent_id));
  node = await startNode({ agents: [worker] }, { transport, mesh: 'shop' });
  mallory = await connect({ servers: server.url });
});

afterAll(async () => {
  await mallory.close();
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

const from = { kind: 'client', key: 'victim' };
const to = { kind: 'worker', key: undefined };

it.each<[string, (subject: string, intentId: string) => string]>([
  ['as releases before made it', (subject, id) => hash('sha256', `${subject}\n${id}\n1`, 'base64url').slice(0, 22)],
  ['with an empty salt', (_subject, intentId) => messageId('', origin(intentId))],
  ['with the name of the mesh as salt', (_subject, intentId) => messageId('shop', origin(intentId))],
  ['as the intent id itself', (_subject, intentId) => intentId],
])('A stranger cannot use up a message id: %s', async (what, idFor) => {
  const { pool, partition } = await node.mailboxOf('worker');
  const intentId = `known-${what.length}`;
  const victim = mailboxSubject('shop', { pool, partition, to, from, lane: 'i' });
  const own = mailboxSubject('shop', { pool, partition, to, from: { kind: 'client', key: 'mallory' }, lane: 'i' });
  const header = headers();
  header.set('Nats-Msg-Id', idFor(victim, intentId));
  const stored = await mallory.request(own, 'whatever', { headers: header, timeout: 5_000 });
  expect(stored.json()).toMatchObject({ stream: 'SHOP_MBX_MAIN' });
  await node.tell('worker', { intent_type: 'alert', intent_id: intentId }, { from: 'client/victim' });
  await node.whenIdle();
  expect(handled).toContain(intentId);
});

const origin = (intentId: string) => ({ from: 'client/victim', to: 'worker', lane: 'i', intentId, redrive: 1 });

it('The same sender, receiver and id are stored once, from any node of the mesh', async () => {
  await using other = await connectJetStream({ url: server.url, mesh: 'shop' });
  await using client = await startNode({ agents: [] }, { transport: other, mesh: 'shop' });
  const draft = { intent_type: 'alert', intent_id: 'twice' };
  const tickets = [
    await node.tell('worker', draft, { from: 'client/victim' }),
    await client.tell('worker', draft, { from: 'client/victim' }),
  ];
  expect(tickets[1]?.seq).toBe(tickets[0]?.seq);
});

it('The secret cannot be deleted, overwritten by a second first write, or read past its leader', async () => {
  const { stream } = bucketPlace('shop', 'secret');
  const read = await transport.bucket('secret').read('keys');
  await expect(transport.bucket('secret').remove('keys')).rejects.toThrow(/purge/);
  await expect(transport.bucket('secret').write('keys', '{}', 0)).rejects.toMatchObject({
    code: 'PARLEY_REVISION_CONFLICT',
  });
  await expect(mallory.request(`$JS.API.DIRECT.GET.${stream}`, '{"seq":1}', { timeout: 5_000 })).rejects.toThrow();
  expect(await transport.bucket('secret').read('keys')).toEqual(read);
});
