/** The support desk on real NATS, Postgres and Redis: killed in the middle of its work, and with nothing configured. */
import { expect, it, onTestFinished, vi } from 'vitest';
import desk from '../../../actors/examples/support_desk/app.ts';
import crm from '../../../actors/examples/support_desk/crm/app.ts';
import { triageRef } from '../../../actors/examples/support_desk/intents.ts';
import { ticketState } from '../../../actors/examples/support_desk/tickets.ts';
import { type Node, startNode } from '../../../runtime/index.ts';
import { type Database, openDatabase } from '../../../runtime/postgres.ts';
import { connectRedis, redisSharedMemory } from '../../../runtime/redis/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { Daemon } from '../../support/daemon.ts';
import { until } from '../../support/jetstream-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { storedFolder } from '../../support/pglite-store.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

const mesh = 'desk_test';
const folder = 'actors/examples/support_desk';
/** From its sources: the app imports them too. */
const command = [process.execPath, '--import', 'tsx', 'runtime/cli/parley.ts'];

interface Sent {
  readonly customer: string;
  readonly ticket: string;
  /** What must have been paid back for it, in cents; `undefined` where no refund was asked for. */
  readonly pays?: number;
}

const customers = Array.from({ length: 12 }, (_, n) => `customer-${n}`);

/** Five tickets of each customer: an answer, a refund at once, an approved one, a denied one, a question for a person. */
async function sendAll(node: Node, round: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const refund = async (customer: string, name: string, order: number, cents: number, pays: number): Promise<void> => {
    const ticket = `${name}-${round}`;
    const context = { ticket, text: 'it is broken', order, cents };
    await node.tell(triageRef.at(customer), { intent_type: 'refund', context });
    sent.push({ customer, ticket, pays });
  };
  const help = async (customer: string, name: string, text: string): Promise<void> => {
    const ticket = `${name}-${round}`;
    await node.tell(triageRef.at(customer), { intent_type: 'help', context: { ticket, text } });
    sent.push({ customer, ticket });
  };
  await Promise.all(
    customers.map(async (customer) => {
      await help(customer, 'sync', 'my devices do not sync');
      await refund(customer, 'small', 1 + round, 2_000, 2_000);
      await refund(customer, 'large', 8, 6_000 - round, round < 3 ? 6_000 - round : 0);
      await refund(customer, 'most', 9, 20_001, 0);
      await help(customer, 'money', 'the price is wrong');
    }),
  );
  return sent;
}

interface Row {
  readonly customer: string;
  readonly ticket: string;
  readonly cents: number;
}

const ledgerOf = (database: Database): Promise<readonly Row[]> =>
  database.query<Row>(`select customer, ticket, cents from ${database.schema}.desk_refunds order by customer, ticket`);

const inOrder = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ customer, ticket, cents }) => `${customer} ${ticket} ${cents}`).sort();

it('The desk is killed four times under load, and the CRM twice: no ticket is lost, no refund is paid twice', async (test) => {
  await using nats = await startTestServer();
  await using postgres = await PostgresServer.start(test);
  await using redisServer = await RedisServer.start(test);
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redisServer.url, DESK_APPROVER: 'lena', PARLEY_MODEL_DIR: '' };
  const serve = (app: string): Promise<Daemon> =>
    Daemon.start({ app: `${folder}/${app}`, nats: nats.url, mesh, drainSeconds: 10, command, env });
  let second = await serve('crm/app.ts');
  let first = await serve('app.ts');
  await using transport = await connectJetStream({ url: nats.url, mesh });
  await using node = await startNode({ agents: [], pool: 'clients' }, { transport, mesh });
  await using database = await openDatabase({ url: postgres.url, mesh });
  await using redis = connectRedis(redisServer.url, new LogRecorder());
  const shared = redisSharedMemory(redis, mesh);

  const sent: Sent[] = [];
  for (let round = 0; round < 4; round++) {
    const before = (await ledgerOf(database)).length;
    const sending = sendAll(node, round);
    await until('it is in the middle of paying', async () => (await ledgerOf(database)).length > before + 3);
    await first.stop('SIGKILL');
    if (round % 2 === 1) await second.stop('SIGKILL');
    sent.push(...(await sending));
    first = await serve('app.ts');
    if (round % 2 === 1) second = await serve('crm/app.ts');
  }

  const isDone = async ({ customer, ticket }: Sent): Promise<boolean> =>
    ['answered', 'with_human'].includes((await ticketState(shared, customer, ticket)).state);
  for (const one of sent) await until(`${one.ticket} of ${one.customer} is done`, () => isDone(one));
  expect(await transport.log('dead').last()).toBe(0);

  const paid = sent.filter(({ pays = 0 }) => pays > 0).map(({ pays, ...one }) => ({ ...one, cents: Number(pays) }));
  expect(inOrder(await ledgerOf(database))).toEqual(inOrder(paid));
  expect(await node.ask('status_page', { intent_type: 'outages' })).toEqual(['sync']);
  for (const daemon of [first, second]) {
    await daemon.stop();
    expect(await daemon.ended).toMatchObject({ code: 0 });
  }
});

it('Postgres is killed while refunds are paid: the desk goes on when it is back, and pays none twice', async (test) => {
  await using nats = await startTestServer();
  await using postgres = await PostgresServer.start(test);
  const env = { DATABASE_URL: postgres.url, DESK_APPROVER: 'lena', PARLEY_MODEL_DIR: '' };
  const serve = (app: string): Promise<Daemon> =>
    Daemon.start({ app: `${folder}/${app}`, nats: nats.url, mesh, drainSeconds: 10, command, env });
  await serve('crm/app.ts');
  const daemon = await serve('app.ts');
  await using transport = await connectJetStream({ url: nats.url, mesh });
  await using node = await startNode({ agents: [], pool: 'clients' }, { transport, mesh });
  await using database = await openDatabase({ url: postgres.url, mesh });
  const sending = sendAll(node, 0);
  await until('it is in the middle of paying', async () => (await ledgerOf(database)).length > 3);
  await postgres.stop('SIGKILL');
  const sent = await sending;
  await postgres.start();

  const isDone = async ({ customer, ticket }: Sent): Promise<boolean> =>
    ['answered', 'with_human'].includes(
      (await node.ask(triageRef.at(customer), { intent_type: 'status', context: { ticket } })).state,
    );
  for (const one of sent) await until(`${one.ticket} of ${one.customer} is done`, () => isDone(one));
  expect(await transport.log('dead').last()).toBe(0);
  const paid = sent.filter(({ pays = 0 }) => pays > 0).map(({ pays, ...one }) => ({ ...one, cents: Number(pays) }));
  expect(inOrder(await ledgerOf(database))).toEqual(inOrder(paid));
  await daemon.stop();
  expect(await daemon.ended).toMatchObject({ code: 0 });
});

it('The desk runs embedded, with nothing configured, and goes on where it was', async () => {
  await using nats = await startTestServer();
  const dataDir = await storedFolder();
  // tests run in one process: other files must not find what this one sets
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of ['DATABASE_URL', 'PARLEY_MODEL_DIR', 'DESK_APPROVER']) vi.stubEnv(name, '');
  await using transport = await connectJetStream({ url: nats.url, mesh });
  await using _crm = await startNode(crm, { transport, mesh });
  const status = (node: Node, ticket: string) =>
    node.ask(triageRef.at('ann'), { intent_type: 'status', context: { ticket } });
  {
    await using node = await startNode(desk, { transport, mesh, dataDir });
    const context = { ticket: 't1', text: 'broken', order: 1, cents: 2_000 };
    await node.tell(triageRef.at('ann'), { intent_type: 'refund', context });
    await until('it is answered', async () => (await status(node, 't1')).state === 'answered');
  }
  await using node = await startNode(desk, { transport, mesh, dataDir });
  expect(await status(node, 't1')).toMatchObject({ text: 'We have paid back 20.00 USD of order 1.' });
  // 5 USD are left of what was paid for the order
  const context = { ticket: 't2', text: 'broken', order: 1, cents: 501 };
  await node.tell(triageRef.at('ann'), { intent_type: 'refund', context });
  await until('a person has it', async () => (await status(node, 't2')).state === 'with_human');
});
