/** Commands on a mesh that does not exist: each says so in one sentence, and leaves the server as it was. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../runtime/database/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { type RunningCommand, runParley } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { startPermissionServer } from '../../support/permission-server.ts';
import { PostgresServer } from '../../support/postgres-server.ts';

let server: TestServer;
let empty: TestServer;
let data: string;

beforeAll(async () => {
  [server, empty] = await Promise.all([startTestServer(), startTestServer()]);
  data = await mkdtemp(join(tmpdir(), 'parley-no-mesh-'));
  for (const mesh of ['shop', 'desk']) {
    await using _made = await connectJetStream({ url: server.url, mesh });
  }
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

/** All that the server stores, stream by stream: a change of any setting or message is seen. */
async function storedAt(url: string): Promise<readonly object[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await connection.jetstreamManager();
    const streams = await manager.streams.list().next();
    return streams
      .map(({ config, state }) => ({ config, messages: state.messages, last: state.last_seq }))
      .sort((one, other) => (one.config.name < other.config.name ? -1 : 1));
  } finally {
    await connection.close();
  }
}

const words = (text: string): readonly string[] => text.split(' ');
const on = (url: string, ...given: readonly string[]): RunningCommand =>
  runParley(['--data', data, ...given], { NATS_URL: url });

const commands: readonly (readonly [string])[] = [
  ['ps'],
  ['ps --agents'],
  ['ps --json'],
  ['dead list'],
  ['dead show 1'],
  ['escalations list'],
  ['describe helper'],
  ['tail --count 1'],
  ['resume helper'],
  ['send helper alert'],
];

it.each(commands)('"%s" on a mesh that does not exist names those that do, and makes nothing', async (command) => {
  const before = await storedAt(server.url);
  const run = on(server.url, '--mesh', 'shopp', ...words(command));
  expect(await run.ended).toBe(1);
  expect(run.lines).toEqual([]);
  expect(run.errors).toEqual([
    expect.stringMatching(
      /^parley: nats-server at nats:\/\/\S+ has no mesh "shopp": there are desk, shop; name one of them with --mesh, or start an app of it, .*\(PARLEY_NO_MESH\)$/,
    ),
  ]);
  expect(await storedAt(server.url)).toEqual(before);
});

it.each(commands)('"%s" on a server without any mesh makes no stream', async (command) => {
  const run = on(empty.url, ...words(command));
  expect(await run.ended).toBe(1);
  expect(run.errors).toEqual([expect.stringMatching(/has no mesh "devops": start an app of it, as with "parley run/)]);
  expect(await storedAt(empty.url)).toEqual([]);
});

it('doctor says that the mesh does not exist, with those that do, and makes nothing', async () => {
  const before = await storedAt(server.url);
  const run = on(server.url, '--mesh', 'shopp', 'doctor', '--json');
  await run.ended;
  const findings = run.lines.map((line) => JSON.parse(line) as { what: string; follows: string });
  const { follows } = findings.find(({ what }) => what === 'nats-server') ?? {};
  expect(follows).toBe('mesh "shopp" does not exist, and is made when an app starts; there are desk, shop');
  expect(await storedAt(server.url)).toEqual(before);
});

const looks = commands.filter(([command]) => !/^(tail|send)/.test(command));

it.each(looks)('"%s" on a mesh that exists changes no stream', async (command) => {
  const before = await storedAt(server.url);
  const run = on(server.url, '--mesh', 'shop', ...words(command));
  await run.ended;
  expect(run.errors.join('\n')).not.toContain('PARLEY_NO_MESH');
  expect(await storedAt(server.url)).toEqual(before);
});

it('traces of a mesh that was never stored names those that were, and makes no schema', async (test) => {
  await using postgres = await PostgresServer.start(test);
  await using _made = await openDatabase({ url: postgres.url, mesh: 'shop' });
  const schemas = async (): Promise<readonly object[]> => {
    await using database = await openDatabase({ url: postgres.url, mesh: 'shop', asReader: true });
    return await database.query('select nspname from pg_catalog.pg_namespace order by nspname');
  };
  const before = await schemas();
  const run = runParley(['--mesh', 'shopp', 'traces', 'list'], { DATABASE_URL: postgres.url });
  expect(await run.ended).toBe(1);
  const said =
    /nothing was ever stored in schema "parley_shopp" at .*: that is mesh "shopp", and there are shop; name one/;
  expect(run.errors.join('\n')).toMatch(said);
  expect(await schemas()).toEqual(before);
});

it('traces of a data folder where nothing was stored makes nothing there', async () => {
  const run = runParley(['--data', data, 'traces', 'list'], { DATABASE_URL: '' });
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toContain('PARLEY_NO_DATABASE');
  expect(await readdir(data)).toEqual([]);
});

it('A user who may not list streams is told that the mesh does not exist, without the others', async () => {
  const inbox = '_INBOX.>';
  await using strict = await startPermissionServer({
    narrow: { publish: ['$JS.API.INFO', '$JS.API.STREAM.INFO.*'], subscribe: [inbox] },
  });
  const run = on(strict.url('narrow'), 'ps');
  expect(await run.ended).toBe(1);
  expect(run.errors.at(-1)).toMatch(/has no mesh "devops": start an app of it, .*\(PARLEY_NO_MESH\)$/);
});

it('A user who may only watch mailboxes still watches them', async () => {
  await using strict = await startPermissionServer({
    watcher: { publish: ['_INBOX.>'], subscribe: ['_INBOX.>', 'devops.mbx.>'] },
  });
  const run = on(strict.url('watcher'), 'tail');
  await until('tail watches', () => run.errors.some((line) => line.includes('watching')));
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
});
