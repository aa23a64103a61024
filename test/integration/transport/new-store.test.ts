/** A log and a bucket that stand in the catalogue alone live on a real server: made, adopted, compared, made again. */

import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newBucket, newLog, withExtendedCatalogue } from '../../support/extended-catalogue.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const load = () => import('../../../runtime/transport/jetstream/index.ts');
let server: TestServer;
/** Of a release that has the stores, and of the one before it. */
let later: Awaited<ReturnType<typeof load>>;
let before: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  server = await startTestServer();
  later = await withExtendedCatalogue(load);
  before = await load();
});
afterAll(() => server[Symbol.asyncDispose]());

it('The transport adds the stores of a later release to an earlier mesh, and leaves existing ones unchanged', async () => {
  const mesh = 'upgraded';
  const old = await before.connectJetStream({ url: server.url, mesh });
  const revision = await old.bucket('meshConfig').write('pool.main', '{}', 0);
  await old.close();
  await using transport = await later.connectJetStream({ url: server.url, mesh });
  expect(await transport.bucket('meshConfig').read('pool.main')).toMatchObject({ value: '{}', revision });
  await transport.bucket(newBucket).write('kind', '5', 0);
  await transport.log(newLog).append({ key: 'kind', messageId: 'm', payload: Buffer.from('paid') });
  await using second = await later.connectJetStream({ url: server.url, mesh });
  expect((await second.bucket(newBucket).read('kind'))?.value).toBe('5');
  expect((await second.log(newLog).latest('kind'))?.key).toBe('kind');
});

it('The transport finds forbidden changes to a store from the catalogue alone', async () => {
  const mesh = 'edited';
  await (await later.connectJetStream({ url: server.url, mesh })).close();
  await using admin = await admins();
  const { config } = await admin.manager.streams.info('KV_edited_budgets');
  await admin.manager.streams.update(config.name, { ...config, max_age: 3_600 * 1e9 });
  const { faults } = await later.inspectMesh({ url: server.url, name: 'doctor', mesh }, 16);
  expect(faults).toEqual([expect.stringContaining('"KV_edited_budgets" exists with "max_age" 3600000000000')]);
  await expect(later.connectJetStream({ url: server.url, mesh })).rejects.toMatchObject({ setting: 'max_age' });
});

it('The transport recreates a lost store from the catalogue alone, with the values that it had read', async () => {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  await using transport = await later.connectJetStream({ url: server.url, mesh: 'lost', say });
  await transport.bucket(newBucket).write('kind', '5', 0);
  await using admin = await admins();
  await admin.manager.streams.delete('KV_lost_budgets');
  await until('the entry is back', async () => {
    const entry = await transport
      .bucket(newBucket)
      .read('kind')
      .catch(() => undefined);
    return entry?.value === '5';
  });
  expect(lines.join('\n')).toContain('stream "KV_lost_budgets" was gone and has been made again');
});

async function admins() {
  const connection = await connect({ servers: server.url });
  const manager = await connection.jetstreamManager();
  return { manager, [Symbol.asyncDispose]: () => connection.close() };
}
