/** The permissions of `runtime/gateway/README.md`, on a server that has exactly these: each role can do its work, and nothing else. */

import { readFileSync } from 'node:fs';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import { type Gateway, startGateway } from '../../../runtime/gateway/index.ts';
import { askForReport } from '../../../runtime/inspect/nodes.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { block, inboxes, type Role } from '../../support/documented-roles.ts';
import { until } from '../../support/jetstream-rig.ts';
import { type PermissionServer, startConfiguredServer } from '../../support/permission-server.ts';

const handled: string[] = [];
let server: PermissionServer;
let transport: Transport;
let node: Node;
let gateway: Gateway;
const raw = new Map<Role, NatsConnection>();

const open = (role: Role): Promise<Transport> =>
  connectJetStream({
    url: server.url(role),
    mesh: 'shop',
    inboxPrefix: inboxes[role],
    ...(role === 'node' ? { replyPrefix: '_INBOX' } : {}),
  });

beforeAll(async () => {
  server = await startConfiguredServer(block);
  transport = await open('node');
  const worker = listener('worker', ['alert', 'fail'], ({ intent_id, intent_type }) => {
    if (intent_type === 'fail') throw new NonRetryableError('never');
    handled.push(intent_id);
  });
  node = await startNode({ agents: [worker] }, { transport, mesh: 'shop' });
  gateway = await startGateway(node);
  for (const role of Object.keys(inboxes) as Role[]) {
    const { host } = new URL(server.url(role));
    raw.set(role, await connect({ servers: host, user: role, pass: role, inboxPrefix: inboxes[role] }));
  }
});

afterAll(async () => {
  for (const connection of raw.values()) await connection.close();
  await gateway.stop();
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

const rawOf = (role: Role): NatsConnection => raw.get(role) as NatsConnection;

/** Whether the server refuses a publish there. Answers, and nobody who answers, are no refusals. */
async function mayPublish(role: Role, subject: string): Promise<boolean> {
  const error = await rawOf(role)
    .request(subject, '', { timeout: 2_000 })
    .then(
      () => undefined,
      (thrown: { code?: string }) => thrown.code,
    );
  return error !== 'PERMISSIONS_VIOLATION';
}

async function maySubscribe(role: Role, pattern: string): Promise<boolean> {
  let refused = false;
  const subscription = rawOf(role).subscribe(pattern, {
    callback: (error) => {
      refused ||= error !== null;
    },
  });
  await rawOf(role).flush();
  subscription.unsubscribe();
  return !refused;
}

describe('the documented permissions', () => {
  it("A node with these permissions serves, marks and archives: a client's intent by ingress is handled, and its ticket shows it", async () => {
    const answer = await rawOf('alice').request('shop.in.client.alice.worker.=', '{"intent_type":"alert"}');
    const { ticket, intent_id } = answer.json<{ ticket: string; intent_id: string }>();
    await node.whenIdle();
    expect(handled).toContain(intent_id);
    const state = await fetch(`${gateway.url}/v1/intents/${ticket}`);
    expect(await state.json()).toEqual({ intent_id, state: 'handled' });
    expect(node.health.reasons).toEqual([]);
  });

  it('A trusted client sends by itself, with a salt of its own', async () => {
    await using store = await open('bob');
    await using client = await startNode({ agents: [] }, { transport: store, mesh: 'shop' });
    const ticket = await client.tell('worker', { intent_type: 'alert' }, { from: 'client/bob' });
    await until('it is handled', () => handled.includes(ticket?.intent_id ?? ''));
    await expect(store.bucket('secret').read('keys')).rejects.toMatchObject({ code: 'PARLEY_PERMISSION_REFUSED' });
  });

  it('An operator reads dead letters, and asks nodes', async () => {
    await node.tell('worker', { intent_type: 'fail' });
    await node.whenIdle();
    await using store = await open('operator');
    expect((await store.log('dead').next(1))?.key).toMatch(/^main\.\d+\.\d+$/);
    expect(await askForReport(store.signals, 'shop', node.id, 5_000)).toMatchObject({ node: node.id });
    await expect(store.bucket('secret').read('keys')).rejects.toMatchObject({ code: 'PARLEY_PERMISSION_REFUSED' });
  });

  it('An observer reads dead letters and the registry, and changes nothing', async () => {
    await using store = await open('observer');
    expect((await store.log('dead').next(1))?.key).toMatch(/^main\./);
    expect((await store.bucket('registry').list('node')).length).toBe(1);
    await expect(store.bucket('registry').write('x', '{}', 0)).rejects.toMatchObject({
      code: 'PARLEY_PERMISSION_REFUSED',
    });
  });
});

/** Every line of the block: subjects, with a token for each wildcard. */
const lines = [...block.matchAll(/user: (\w+)[\s\S]*?publish: \[([\s\S]*?)\]\s*subscribe: \[([\s\S]*?)\]/g)].flatMap(
  ([, role, publish = '', subscribe = '']) =>
    [
      ['publish', publish],
      ['subscribe', subscribe],
    ].flatMap(([verb, list = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, subject = '']) => [role, verb, subject])),
) as (readonly [Role, string, string])[];

it('The documented block has all roles', () => {
  expect(new Set(lines.map(([role]) => role))).toEqual(new Set(Object.keys(inboxes)));
  expect(lines.length).toBeGreaterThan(30);
});

it('A node may call exactly the API verbs that the transport uses', () => {
  const source = readFileSync('runtime/transport/jetstream/api-subjects.ts', 'utf8');
  const verbs = [...source.matchAll(/^ {2}\| '([A-Z.]+)'/gm)].map(([, verb]) => `$JS.API.${verb}`);
  const allowed = lines.filter(
    ([role, verb, subject]) => role === 'node' && verb === 'publish' && /^\$JS\.API/.test(subject),
  );
  expect(allowed.map(([, , subject]) => subject.replace(/(\.[*>])+$/, '')).toSorted()).toEqual(verbs.toSorted());
});

describe('the documented lines', () => {
  it.each(lines)('Each documented line holds: %s may %s %s', async (role, verb, subject) => {
    if (verb === 'subscribe') return expect(await maySubscribe(role, subject)).toBe(true);
    const concrete = subject.replace(/[*>]/g, 'x');
    expect(await mayPublish(role, concrete)).toBe(true);
  });
});

describe('the permissions of nodes alone', () => {
  const others: readonly Role[] = ['alice', 'bob', 'operator', 'observer'];
  it.each([
    '$JS.API.STREAM.MSG.GET.KV_shop_secret',
    '$JS.API.DIRECT.GET.KV_shop_secret',
    '$JS.API.DIRECT.GET.KV_shop_secret.$KV.shop_secret.keys',
    '$JS.API.CONSUMER.CREATE.KV_shop_secret.x',
    '$JS.API.STREAM.CREATE.MIRROR',
    '$JS.API.STREAM.UPDATE.SHOP_STATE',
    '$JS.API.STREAM.PURGE.SHOP_MBX_MAIN',
    '$JS.API.STREAM.DELETE.SHOP_ARCHIVE',
    '$JS.API.STREAM.MSG.DELETE.SHOP_DEAD',
    '$JS.API.CONSUMER.DELETE.SHOP_MBX_MAIN.x',
    '$JS.API.CONSUMER.MSG.NEXT.SHOP_MBX_MAIN.x',
    '$JS.ACK.SHOP_MBX_MAIN.x.1.1.1.1.1',
    '$KV.shop_secret.keys',
    '$KV.shop_mesh.kind.x',
    'shop.own.main.0',
    'shop.done.main.0.1',
    'shop.dead.main.0.1',
    'shop.arc.main.0',
    'shop.closed.main',
    'shop.mbx.main.0.worker.=.worker.=.i',
    'shop.mbx.main.0.worker.=.client.bob.c',
    'shop.in.client.carol.worker.=',
    '_INBOX_node.x',
    '_INBOX.carol.x',
  ])('Only a node may publish to %s', async (subject) => {
    for (const role of others) expect([role, await mayPublish(role, subject)]).toEqual([role, false]);
  });

  it.each(['>', 'shop.>', '$KV.>', '$KV.shop_secret.>', '_INBOX.>', '_INBOX_node.>', 'shop.in.>'])(
    'Only a node may subscribe to %s',
    async (pattern) => {
      for (const role of others) expect([role, await maySubscribe(role, pattern)]).toEqual([role, false]);
    },
  );
});

describe('the permissions of other roles', () => {
  it.each<[Role, string]>([
    ['alice', 'shop.mbx.main.0.worker.=.client.alice.i'],
    ['alice', 'shop.node.x'],
    ['alice', '$JS.API.INFO'],
    ['bob', 'shop.mbx.main.0.worker.=.client.alice.i'],
    ['bob', 'shop.node.x'],
    ['operator', 'shop.mbx.main.0.worker.=.client.operator.i'],
    ['observer', 'shop.node.x'],
    ['observer', 'shop.in.client.observer.worker.='],
    ['node', 'other.mbx.main.0.worker.=.client.x.i'],
    ['node', '$KV.other_secret.keys'],
    ['node', '$SYS.REQ.SERVER.PING'],
    ['node', '$JS.API.STREAM.DELETE.SHOP_ARCHIVE'],
    ['node', '$JS.API.STREAM.MSG.DELETE.SHOP_DEAD'],
    ['node', '$JS.API.STREAM.SNAPSHOT.KV_shop_secret'],
    ['observer', '$JS.API.STREAM.NAMES'],
    ['operator', 'shop.beat.main'],
    ['alice', 'shop.beat.main'],
    ['bob', 'shop.beat.main'],
    ['operator', 'shop.conf.main.0'],
    ['bob', '$KV.shop_acts.x'],
  ])('%s may not publish to %s', async (role, subject) => {
    expect(await mayPublish(role, subject)).toBe(false);
  });

  it.each<[Role, string]>([
    ['alice', '_INBOX.bob.>'],
    ['bob', 'shop.mbx.>'],
    ['bob', 'shop.beat.main'],
    ['observer', 'shop.beat.*'],
    ['observer', 'shop.mbx.>'],
    ['node', '_INBOX.>'],
    ['node', '>'],
  ])('%s may not subscribe to %s', async (role, pattern) => {
    expect(await maySubscribe(role, pattern)).toBe(false);
  });
});
