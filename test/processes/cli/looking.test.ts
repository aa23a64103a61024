/** `parley ps`, `describe`, `dead`, `escalations` and `resume` against a real server and a node that fails. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import { MeshSecret } from '../../../runtime/cluster/mesh-secret.ts';
import { systemClock } from '../../../runtime/core/clock.ts';
import { systemRandom } from '../../../runtime/core/random.ts';
import type { Ticket } from '../../../runtime/core/ticket.ts';
import { Tickets } from '../../../runtime/gateway/ticket-id.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runParley } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

let server: TestServer;
let transport: Transport;
let node: Node;
let healed = false;
const tickets = new Map<number, Ticket>();

const fragile = defineAgent({
  kind: 'fragile',
  delivery: 'at_least_once',
  intents: { alert: { context: z.object({ n: z.number() }) }, investigate: {} },
  state: () => 0,
  supervision: { intensity: 1 },
  receive: {
    alert(intent) {
      if (!healed) throw new Error(`no ${intent.context.n}`);
    },
    investigate: () => undefined,
  },
});

beforeAll(async () => {
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh: 'looking' });
  const limits = { attempts: 1 };
  node = await startNode({ agents: [fragile] }, { transport, mesh: 'looking', limits, log: 'silent' });
  await node.tell('fragile/calm', { intent_type: 'investigate' });
  for (const n of [1, 2]) {
    const alert = { intent_type: 'alert', context: { n } } as const;
    tickets.set(n, (await node.tell(fragile.at('wild'), alert, { from: `client/c${n}` })) as Ticket);
  }
  await until('it is paused', () => node.counts.paused === 1);
  await until('a human is called', async () => (await transport.log('escalations').last()) === 1);
});

afterAll(async () => {
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

async function parley(...words: readonly string[]): Promise<string> {
  const run = runParley(['--mesh', 'looking', ...words], { NATS_URL: server.url });
  expect([await run.ended, run.errors]).toEqual([0, []]);
  return run.lines.join('\n');
}

it('ps shows the node, its kinds and its numbers', async () => {
  expect(await parley('ps')).toMatch(new RegExp(`${node.id} +main +serving .* 1 +fragile$`, 'm'));
  const document = JSON.parse(await parley('ps', '--json')) as object;
  expect(document).toMatchObject({ node: node.id, state: 'serving', counts: { paused: 1, active: 1 } });
});

it('ps --agents shows the agents in memory, and the paused one', async () => {
  const shown = await parley('ps', '--agents');
  expect(shown).toMatch(/fragile\/calm +idle .*investigate/);
  expect(shown).toMatch(/fragile\/wild +paused/);
});

it('describe shows what an agent accepts, and its state', async () => {
  expect(JSON.parse(await parley('describe', 'fragile/wild'))).toMatchObject({
    agent: 'fragile/wild',
    pool: 'main',
    served_by: [node.id],
    in_memory: [{ status: 'paused', node: node.id }],
    accepts: { alert: { context: { properties: { n: { type: 'number' } } } }, investigate: {} },
  });
});

it('dead list and show tell which intent died of what', async () => {
  const listed = await parley('dead', 'list');
  expect(listed).toMatch(/^1 +\S+ +fragile\/wild +failed +1 +no 1$/m);
  expect(JSON.parse(await parley('dead', 'show', '1'))).toMatchObject({
    number: 1,
    from: 'client/c1',
    to: 'fragile/wild',
    errors: ['no 1'],
    stacks: [
      expect.arrayContaining([
        'Error: no 1',
        expect.stringMatching(/^ {4}at .*looking\.test\.ts:\d+:\d+\)?$/),
      ]) as string[],
    ],
    message: { intent_type: 'alert', context: { n: 1 } },
  });
  expect(JSON.parse((await parley('dead', 'list', '--json', '--count', '1')).split('\n')[0] ?? '')).toHaveProperty(
    'number',
  );
});

it('dead show accepts the ticket of the intent, as node.tell, "parley send" and the gateway give it', async () => {
  const show = async (ticket: string): Promise<unknown> => JSON.parse(await parley('dead', 'show', ticket));
  const told = tickets.get(2);
  const expected = { number: 2, intent_id: told?.intent_id, to: 'fragile/wild', errors: ['no 2'] };
  expect(await show(JSON.stringify(told))).toMatchObject(expected);
  const { pool, partition } = await node.mailboxOf('fragile/wild');
  const sign = await new Tickets(
    'looking',
    new MeshSecret(transport.bucket('secret'), systemClock, systemRandom),
  ).signer();
  const word = sign({ pool, partition, seq: told?.seq ?? 0, intentId: told?.intent_id ?? '' });
  expect(await show(word)).toMatchObject(expected);
  expect(await show(JSON.stringify({ ticket: word, ...told }))).toMatchObject(expected);
  expect(await show(` ${JSON.stringify(told, undefined, 2)}\n`)).toMatchObject(expected);
});

it('escalations list shows where a human is needed', async () => {
  expect(await parley('escalations', 'list')).toMatch(/fragile\/wild +restart_limit .*mailbox is paused/);
});

it('resume resumes the agent, once', async () => {
  healed = true;
  expect(await parley('resume', 'fragile/wild')).toBe('fragile/wild is resumed');
  await node.whenIdle();
  expect(node.counts.paused).toBe(0);
});

it.each<[string, readonly string[], RegExp]>([
  ['an agent of a kind that is not there', ['describe', 'nobody'], /there are fragile \(PARLEY_UNKNOWN_AGENT\)/],
  ['a dead letter that is not there', ['dead', 'show', '99'], /PARLEY_NO_DEAD_LETTER/],
  [
    'a ticket of an intent that did not die',
    ['dead', 'show', JSON.stringify({ intent_id: 'x', to: 'fragile/calm', stream: 'LOOKING_MBX_MAIN', seq: 1 })],
    /no dead letter of intent "x": it waits, was handled, or .*\(PARLEY_NO_DEAD_LETTER\)/,
  ],
  [
    "a ticket of another mesh's stream",
    ['dead', 'show', JSON.stringify({ intent_id: 'x', to: 'fragile/calm', stream: 'OTHER_MBX_MAIN', seq: 1 })],
    /of stream "OTHER_MBX_MAIN", not of mesh "looking"; name its mesh with --mesh \(PARLEY_FOREIGN_TICKET\)/,
  ],
  [
    'a ticket of an undeclared agent',
    ['dead', 'show', JSON.stringify({ intent_id: 'x', to: 'nobody', stream: 'LOOKING_MBX_MAIN', seq: 1 })],
    /PARLEY_UNKNOWN_AGENT/,
  ],
  [
    'a word that a gateway of another mesh gave',
    ['dead', 'show', `k1.${Buffer.from('other main 0 1 x').toString('base64url')}.${'s'.repeat(43)}`],
    /of mesh "other", not of mesh "looking"; .*\(PARLEY_FOREIGN_TICKET\)/,
  ],
  ['an agent that is not paused', ['resume', 'fragile/calm'], /PARLEY_NOT_PAUSED/],
])('A command names the fault for %s', async (_what, words, pattern) => {
  const run = runParley(['--mesh', 'looking', ...words], { NATS_URL: server.url });
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toMatch(pattern);
});

it.each([
  ['an intent id alone', '0197f3c0-0000-7000-8000-000000000000'],
  ['0', '0'],
  ['a sign', '+1'],
  ['a fraction', '1.5'],
  ['a number that is larger than any', '99999999999999999999'],
  ['nothing', ''],
  ['JSON that is no ticket', '{"seq":1}'],
  ['JSON without an end', '{"intent_id":"x'],
  ['an invalid place', `k1.${Buffer.from('looking main zero 1 x').toString('base64url')}.${'s'.repeat(43)}`],
  ['a ticket with a line break', `k1.\r\nPUB x 0\r\n.${'s'.repeat(43)}`],
])('dead show lists what it accepts when it gets %s', async (_what, text) => {
  const run = runParley(['--mesh', 'looking', 'dead', 'show', text], { NATS_URL: server.url });
  expect(await run.ended).toBe(2);
  expect(run.errors.join('\n')).toContain('It must be a number as "dead list" shows it, or a ticket');
});

it('doctor checks the configured Postgres, creates nothing there, and fails while it is away', async (test) => {
  const doctor = async (url: string, code: number): Promise<unknown> => {
    const run = runParley(['doctor', '--json'], { NATS_URL: server.url, DATABASE_URL: url });
    expect(await run.ended).toBe(code);
    return run.lines.map((line) => JSON.parse(line) as { what: string }).find(({ what }) => what === 'Postgres');
  };
  await using postgres = await PostgresServer.start(test);
  const found = expect.stringMatching(/^15\.\d+ .*at postgres:\/\/127.0.0.1:\d+\//) as string;
  expect(await doctor(postgres.url, 0)).toMatchObject({ state: 'good', found });
  const refused = await doctor('postgres://127.0.0.1:1/x', 1);
  expect(refused).toMatchObject({ state: 'bad', found: expect.stringContaining('127.0.0.1:1') as string });
  expect(await doctor('nonsense', 1)).toMatchObject({
    state: 'bad',
    found: expect.stringContaining('no URL') as string,
  });
});

it('doctor checks the configured Redis, and names the consequences when it is away', async (test) => {
  const redisOf = async (url: string): Promise<unknown> => {
    const run = runParley(['doctor', '--json'], { NATS_URL: server.url, REDIS_URL: url });
    expect(await run.ended).toBe(0);
    return run.lines.map((line) => JSON.parse(line) as { what: string }).find(({ what }) => what === 'Redis');
  };
  await using redis = await RedisServer.start(test);
  expect(await redisOf(redis.url)).toMatchObject({
    state: 'good',
    follows: expect.stringContaining('shared') as string,
  });
  await redis.kill();
  expect(await redisOf(redis.url)).toMatchObject({
    state: 'lacking',
    found: expect.stringContaining('ECONNREFUSED') as string,
  });
  expect(await redisOf('nonsense')).toMatchObject({
    state: 'lacking',
    found: expect.stringContaining('URL') as string,
  });
});

it('Unreadable records, and records of a later release, are named, and hide no others', async () => {
  const later = { messageId: 'later', payload: Buffer.from('{"v":99}') };
  await transport.log('escalations').append({ key: 'fragile', ...later });
  await transport.log('dead').append({ key: 'main.0.77', ...later });
  await transport.bucket('registry').write('node.later', 'no JSON', 0);
  await transport.bucket('meshConfig').write('kind.odd', 'null', 0);
  const reason = 'its version is 99, this release reads 1';
  const calls = await parley('escalations', 'list');
  expect(calls).toMatch(/fragile\/wild +restart_limit/);
  expect(calls).toMatch(new RegExp(`^call for a human "\\d+" cannot be read: ${reason}$`, 'm'));
  const letters = await parley('dead', 'list');
  expect(letters).toContain('no 1');
  expect(letters).toMatch(new RegExp(`^dead letter "\\d+" cannot be read: ${reason}$`, 'm'));
  const nodes = await parley('ps');
  expect(nodes).toContain(node.id);
  expect(nodes).toContain('node "node.later" cannot be read: it is no JSON object: "no JSON"');
  expect(
    (await parley('escalations', 'list', '--json')).split('\n').map((line) => JSON.parse(line) as object),
  ).toContainEqual({ unreadable: expect.stringMatching(/^\d+$/) as string, reason });
  const send = runParley(['--mesh', 'looking', 'send', 'odd', 'alert'], { NATS_URL: server.url });
  expect(await send.ended).toBe(1);
  expect(send.errors.join('\n')).toContain('the record "kind.odd" (kind of the mesh) cannot be read');
});
