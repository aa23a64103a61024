/** A client that may write to its own ingress subjects, and nothing else, names reply subjects that a node could write to. */
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LogFields, silentLogger } from '../../../runtime/core/logger.ts';
import { bucketPlace } from '../../../runtime/core/store-places.ts';
import {
  clientReplySubject,
  closedSubject,
  heartbeatSubject,
  ingressPattern,
  nodeSubject,
} from '../../../runtime/core/subjects.ts';
import { type Gateway, startGateway } from '../../../runtime/gateway/index.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { type PermissionServer, startPermissionServer } from '../../support/permission-server.ts';

const ingress = 'shop.in.client.alice.retention.=';
const good = JSON.stringify({ intent_type: 'alert' });
const warnings: { readonly subject: unknown; readonly message: string }[] = [];
let server: PermissionServer;
let transport: Transport;
let node: Node;
let gateway: Gateway;
let alice: NatsConnection;
let auditor: NatsConnection;
/** Everything that anybody publishes, as the auditor hears it. */
const heard: { readonly subject: string; readonly text: string }[] = [];

beforeAll(async () => {
  server = await startPermissionServer({
    node: undefined,
    auditor: undefined,
    alice: { publish: ['shop.in.client.alice.>', 'shop.node.*'], subscribe: ['_INBOX.alice.>'] },
  });
  transport = await connectJetStream({ url: server.url('node'), mesh: 'shop' });
  const warn = ({ subject }: LogFields, message: string): void => void warnings.push({ subject, message });
  const log = { ...silentLogger, warn };
  const agents = [listener('retention', ['alert'], () => undefined)];
  node = await startNode({ agents }, { transport, mesh: 'shop', log });
  gateway = await startGateway(node);
  const login = (user: string) => ({ servers: server.url('').replace(/\/\/.*@/, '//'), user, pass: user });
  alice = await connect({ ...login('alice'), inboxPrefix: '_INBOX.alice' });
  auditor = await connect(login('auditor'));
  auditor.subscribe('>', {
    callback: (_error, message) => heard.push({ subject: message.subject, text: message.string() }),
  });
  await auditor.flush();
});

afterAll(async () => {
  await Promise.all([alice.close(), auditor.close()]);
  await gateway.stop();
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

/** What the node had to say to earlier messages of the same connection has been said when this one is answered. */
const settled = (): Promise<unknown> => alice.request(ingress, good, { timeout: 5_000 });

describe('a reply subject outside the inbox prefix', () => {
  it.each([
    ['an entry of a bucket', `${bucketPlace('shop', 'requests').prefix}.key.x`],
    ['the record of an owner', 'shop.own.main.0'],
    ['the archive', 'shop.arc.main.0'],
    ["another agent's mailbox", 'shop.mbx.main.0.retention.=.cost_monitor.=.i'],
    ['the ingress of another client', 'shop.in.client.bob.retention.='],
    ['the API of the server', '$JS.API.STREAM.PURGE.SHOP_ARCHIVE'],
    ['a word that only begins like the prefix', '_INBOXES.alice.1'],
    ['the prefix alone', '_INBOX'],
    ['a wildcard below the prefix', '_INBOX.>'],
  ])('The gateway never writes to a reply subject outside the inbox prefix: %s', async (_what, reply) => {
    const before = heard.length;
    for (const text of [good, 'no json', '{"intent_type":"unheard_of"}']) alice.publish(ingress, text, { reply });
    await settled();
    await auditor.flush();
    expect(heard.slice(before).filter(({ subject }) => subject === reply)).toEqual([]);
  });

  it.each([['report'], ['alive?'], ['resume retention']])(
    'A node never answers "%s" on a reply subject outside the inbox prefix',
    async (question) => {
      const reply = `${bucketPlace('shop', 'requests').prefix}.key.y`;
      alice.publish(nodeSubject('shop', node.id), question, { reply });
      await alice.request(nodeSubject('shop', node.id), 'alive?', { timeout: 5_000 });
      expect(await transport.bucket('requests').read('key.y')).toBeUndefined();
    },
  );
});

it('The gateway does not accept an intent that it must not answer: its sender would send it again', async () => {
  const before = node.counts;
  const sent: string[] = [];
  const stop = node.observe({ sent: (intent) => void sent.push(intent.intent_id) });
  alice.publish(ingress, JSON.stringify({ intent_type: 'alert', intent_id: 'deputy' }), { reply: 'shop.arc.main.0' });
  await settled();
  stop();
  expect([sent.includes('deputy'), node.counts.held]).toEqual([false, before.held]);
});

describe('a request dropped for its reply subject', () => {
  const count = async (): Promise<number> => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(/^parley_requests_refused_total\{reason="foreign_reply_subject"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  it.each<[string, () => string, () => string]>([
    ['a request to the ingress', () => ingress, () => ingressPattern('shop')],
    ['a question to a node', () => nodeSubject('shop', node.id), () => nodeSubject('shop', node.id)],
    ['a reply to a client', () => clientReplySubject('shop', node.id), () => clientReplySubject('shop', node.id)],
    ['a heartbeat', () => heartbeatSubject('shop', 'main'), () => heartbeatSubject('shop', 'main')],
    ['an announcement of full mailboxes', () => closedSubject('shop', 'main'), () => closedSubject('shop', 'main')],
  ])('A dropped request is counted with its reason, and logged once: %s', async (_what, target, listened) => {
    const before = await count();
    for (const reply of ['shop.arc.main.0', '_INBOXES.alice.1']) auditor.publish(target(), good, { reply });
    await auditor.flush();
    await settled();
    expect((await count()) - before).toBe(2);
    const logged = warnings.filter(({ subject, message }) => {
      return subject === listened() && message.includes('its reply subject is not below');
    });
    expect(logged.length).toBe(1);
  });
});

it('A request with an inbox below the prefix is answered', async () => {
  const answer = await alice.request(ingress, good, { timeout: 5_000 });
  expect(answer.json()).toMatchObject({ to: 'retention', stream: 'SHOP_MBX_MAIN' });
});
