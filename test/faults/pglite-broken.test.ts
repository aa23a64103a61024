import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../runtime/database/index.ts';
import { migrations } from '../../runtime/database/migrations/index.ts';
import { type EmbeddedPglite, type PgliteOptions, startPglite } from '../../runtime/embedded/index.ts';
import { until } from '../support/jetstream-rig.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { one, pgClient, rawSocket } from '../support/pglite-clients.ts';
import { storedFolder } from '../support/pglite-store.ts';

let pglite: EmbeddedPglite;

/** One of its own for a test. */
async function start(options: Partial<PgliteOptions> = {}): Promise<void> {
  const started = await startPglite({ dataDir: await storedFolder(), ...options });
  onTestFinished(() => started.stop());
  pglite = started;
}

const client = () => pgClient(pglite.url);

describe('PGlite', () => {
  const log = new LogRecorder();
  afterEach(() => void log.records.splice(0));

  it('PGlite disconnects a client that idles in a transaction while others wait', async () => {
    await start({ idleMs: 200 });
    const [idle, other] = [await client(), await client()];
    let told = '';
    idle.on('error', (error) => {
      told ||= error.message;
    });
    await idle.query('begin');
    const waiting = one(other);
    await until('it is sent away, although others keep knocking', async () => {
      (await rawSocket(pglite.url)).write('\0\0\0\x08\0\x03\0\0');
      return told !== '';
    });
    expect(told).toMatch(/transaction was open for 0.2 s without a question/);
    expect(await waiting).toEqual([{ one: 1 }]);
  });

  it('PGlite restarts when a statement takes too long: on the same port, with all committed data', async () => {
    await start({ statementMs: 1_000, log });
    const { url } = pglite;
    const [endless, database] = [await client(), await openDatabase({ mesh: 'shop', embedded: pglite })];
    onTestFinished(() => database.close());
    await expect(endless.query('select count(*) from generate_series(1, 10000000000)')).rejects.toThrow(/terminated/);
    await until('it answers again', async () => (await database.query('select 1').catch(() => [])).length === 1);
    expect([pglite.url, pglite.restarts]).toEqual([url, 1]);
    expect(await database.query(`select count(*)::int as steps from ${database.schema}.schema_version`)).toEqual([
      { steps: migrations.length },
    ]);
    expect(log.records[0]?.fields.how).toBe('a statement took longer than 1 s');
  });

  it('PGlite restarts when a statement ends it', async () => {
    await start({ log });
    const copying = await client();
    await copying.query('create table kept (n int)');
    await expect(copying.query('copy kept from stdin')).rejects.toThrow(/terminated/);
    await until('it runs again', () => pglite.restarts === 1);
    expect((await (await client()).query('select n from kept')).rows).toEqual([]);
    expect(log.texts).toEqual(['PGlite ended, starting it again', 'PGlite runs again']);
  });

  it('PGlite makes checkpoints by itself: its log does not grow for ever', async () => {
    await start({ checkpointMs: 20 });
    const asked = await client();
    const checkpoint = async (): Promise<unknown> =>
      (await asked.query('select checkpoint_lsn::text as lsn from pg_control_checkpoint()')).rows[0].lsn;
    const before = await checkpoint();
    await asked.query('create table kept (n int)');
    await until('there is another', async () => (await checkpoint()) !== before);
  });

  it('PGlite stops although clients are connected, and a second stop changes nothing', async () => {
    await start();
    const connected = await client();
    await connected.query('begin');
    await Promise.all([pglite.stop(), pglite.stop()]);
    await expect(connected.query('select 1')).rejects.toThrow();
  });

  it('PGlite stops although a statement runs', async () => {
    await start({ stopMs: 100 });
    const endless = await client();
    const asked = endless.query('select count(*) from generate_series(1, 10000000000)');
    asked.catch(() => undefined);
    await pglite.stop();
    await expect(asked).rejects.toThrow();
  });
});
