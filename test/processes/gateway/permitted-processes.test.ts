/** Whole processes on a server that has exactly the permissions of `runtime/gateway/README.md`: daemons, and the command line. */
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runParley } from '../../support/command.ts';
import { Daemon } from '../../support/daemon.ts';
import { block, environmentOf, inboxes } from '../../support/documented-roles.ts';
import { until } from '../../support/jetstream-rig.ts';
import { type PermissionServer, startConfiguredServer } from '../../support/permission-server.ts';

const app = 'test/processes/gateway/fixtures/permitted-app.ts';
let server: PermissionServer;
let alice: NatsConnection;

beforeAll(async () => {
  server = await startConfiguredServer(block);
  const { host } = new URL(server.url('alice'));
  alice = await connect({ servers: host, user: 'alice', pass: 'alice', inboxPrefix: inboxes.alice });
});

afterAll(async () => {
  await alice.close();
  await server[Symbol.asyncDispose]();
});

const startDaemon = (): Promise<Daemon> =>
  Daemon.start({ app, nats: server.url('node'), mesh: 'shop', drainSeconds: 1, env: environmentOf('node') });

interface HealthAnswer {
  readonly status: string;
  readonly reasons: readonly string[];
  readonly standbyFor?: string;
}

const healthOf = async ({ url }: Daemon): Promise<HealthAnswer> =>
  (await (await fetch(`${url}/healthz`)).json()) as HealthAnswer;

/** Sent with a client's permissions; the ticket is asked for until it says so. */
async function served(by: Daemon, intentType: string, state: string): Promise<void> {
  const sent = await alice.request('shop.in.client.alice.worker.=', JSON.stringify({ intent_type: intentType }));
  const { ticket } = sent.json<{ ticket: string }>();
  await until(`the intent is ${state}`, async () => {
    const answer = await fetch(`${by.url}/v1/intents/${ticket}`);
    return ((await answer.json()) as { state: string }).state === state;
  });
}

async function parley(...words: readonly string[]): Promise<string> {
  const env = { NATS_URL: server.url('operator'), PARLEY_MESH: 'shop', ...environmentOf('operator') };
  const run = runParley(words, env);
  expect([await run.ended, run.errors]).toEqual([0, []]);
  return run.lines.join('\n');
}

it('A daemon serves an empty server, a standby takes over from it, and an operator inspects both', async () => {
  const first = await startDaemon();
  await served(first, 'alert', 'handled');
  await served(first, 'fail', 'dead');
  expect(await healthOf(first)).toMatchObject({ status: 'ok', reasons: [] });

  const second = await startDaemon();
  await until('the second stands by', async () => (await healthOf(second)).standbyFor !== undefined);
  expect((await healthOf(second)).reasons).toEqual([]);

  expect(await parley('ps')).toMatch(/ main +serving /);
  expect(await parley('ps', '--agents')).toMatch(/^worker /m);
  expect(await parley('dead', 'list')).toMatch(/^1 +\S+ +worker +failed +1 +never$/m);
  expect(await parley('dead', 'show', '1')).toContain('"never"');
  expect(JSON.parse(await parley('describe', 'worker'))).toMatchObject({ agent: 'worker', pool: 'main' });
  expect(await parley('escalations', 'list')).toBe('mesh "shop" has no calls for a human');
  expect(await parley('doctor')).toMatch(/nats-server +NATS_URL: nats-server .*mesh "shop" is there, and is used/);

  first.signal('SIGKILL');
  await first.ended;
  await until('the second serves', async () => {
    const { status, standbyFor } = await healthOf(second);
    return status === 'ok' && standbyFor === undefined;
  });
  await served(second, 'alert', 'handled');
  await served(second, 'call', 'handled');
  expect(await parley('escalations', 'list')).toMatch(/worker +agent .*a human is needed$/m);
  await second.stop();
  expect(await second.ended).toEqual({ code: 0, signal: null });
});
