/** A Postgres as it is in the wild: behind a pooler, read-only after a failover, full, restarted. */
import { describe, expect, it } from 'vitest';
import { isRetryable } from '../../../runtime/core/errors.ts';
import { type Database, openDatabase } from '../../../runtime/database/index.ts';
import { newMesh, sharedPostgres } from '../../support/database-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';

const server = sharedPostgres();

const insert = (database: Database, id: string): Promise<readonly object[]> =>
  database.query(`insert into ${database.schema}.schema_version (version, name) values ($1, 'x')`, [id]);
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a database behind PgBouncer', () => {
  it('The database works behind a PgBouncer that takes no startup parameters, and logs that once', async (test) => {
    await using pooler = await startPgBouncer(test, server().port);
    const log = new LogRecorder();
    await using database = await openDatabase({ mesh: newMesh(), url: pooler.url, log });
    const rows = await Promise.all(Array.from({ length: 20 }, () => database.query<{ n: number }>('select 1 as n')));
    expect(rows.flat()).toHaveLength(20);
    expect(log.texts.filter((text) => text.includes('a pooler takes no time limits'))).toHaveLength(1);
  });

  it('The database works behind a PgBouncer that ignores startup parameters, in transactions too', async (test) => {
    const ignored = 'ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout';
    await using pooler = await startPgBouncer(test, server().port, ignored, 'pool_mode = transaction');
    const log = new LogRecorder();
    await using database = await openDatabase({ mesh: newMesh(), url: pooler.url, log });
    expect(await database.transaction(({ query }) => query('select 1 as n'))).toEqual([{ n: 1 }]);
    expect(log.texts).toEqual([]);
  });

  it('A database that PgBouncer does not know is refused, not unavailable', async (test) => {
    await using pooler = await startPgBouncer(test, server().port);
    const error = await failure(openDatabase({ mesh: newMesh(), url: pooler.url.replace(/postgres$/, 'nothing') }));
    expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED', retryable: false });
  });
});

describe('a database that is read-only for a while', () => {
  async function readOnly(on: boolean): Promise<void> {
    await using admin = await openDatabase({
      mesh: newMesh(),
      url: `${server().url}?options=-c%20default_transaction_read_only%3Doff`,
    });
    await admin.query(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await admin.query('select pg_reload_conf()');
  }

  it('A database that is read-only for a while is not unavailable, may be retried, and keeps its connection for later writes', async () => {
    await using database = await openDatabase({ mesh: newMesh(), url: server().url, limits: { connections: 3 } });
    await Promise.all(Array.from({ length: 3 }, () => database.query('select pg_sleep(0.05)')));
    await readOnly(true);
    let error: unknown;
    while (error === undefined)
      error = await failure(
        insert(database, '100').then(() =>
          database.query(`delete from ${database.schema}.schema_version where version = 100`),
        ),
      );
    expect(error).toMatchObject({ code: 'PARLEY_STATEMENT', sqlState: '25006', retryable: true });
    expect((error as Error).message).not.toContain('away');
    expect((error as Error).message).toContain('read-only');
    const within = await failure(
      database.transaction(({ query }) => query(`delete from ${database.schema}.schema_version where version = 100`)),
    );
    expect(within).toMatchObject({ sqlState: '25006', retryable: true });
    await readOnly(false);
    await database.query('show default_transaction_read_only');
    await insert(database, '101');
  });
});

describe('a database without free connections', () => {
  it('A database without free connections is busy, not unavailable', async () => {
    await using admin = await openDatabase({ mesh: newMesh(), url: server().url });
    await admin.query(`create role few login password 'few' connection limit 1`);
    const mesh = newMesh();
    await admin.query(`create schema parley_${mesh} authorization few`);
    const url = server().urlOf({ user: 'few', pass: 'few' });
    await using holder = await openDatabase({ mesh, url, limits: { connections: 1 } });
    const error = await holder.transaction(() => failure(openDatabase({ mesh, url })));
    expect(error).toMatchObject({ code: 'PARLEY_DATABASE_BUSY', retryable: true });
    expect((error as Error).message).toMatch(/no connection left: too many connections for role "few"; raise/);
  });
});

describe('a database that ends a session', () => {
  it('An ended session fails the current query as unavailable, and serves the next one', async () => {
    await using admin = await openDatabase({ mesh: newMesh(), url: server().url });
    await using database = await openDatabase({ mesh: newMesh(), url: server().url, limits: { connections: 1 } });
    const [session] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
    const asked = failure(database.query('select pg_sleep(60)'));
    await admin.query(`select pg_terminate_backend($1) from pg_sleep(0.1)`, [session?.pid ?? 0]);
    const error = await asked;
    expect(error).toMatchObject({ code: 'PARLEY_DATABASE_UNAVAILABLE', retryable: true });
    const [next] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(next?.pid).not.toBe(session?.pid);
  });

  it('An ended session in a transaction gives its connection up', async () => {
    await using admin = await openDatabase({ mesh: newMesh(), url: server().url });
    await using database = await openDatabase({ mesh: newMesh(), url: server().url, limits: { connections: 1 } });
    const error = await failure(
      database.transaction(async ({ query }) => {
        const [session] = await query<{ pid: number }>('select pg_backend_pid() as pid');
        await admin.query('select pg_terminate_backend($1)', [session?.pid ?? 0]);
        await query('select 1');
      }),
    );
    expect(isRetryable(error)).toBe(true);
    expect(await database.query('select 1 as n')).toEqual([{ n: 1 }]);
  });
});

it('One of two conflicting transactions may be retried', async () => {
  await using database = await openDatabase({ mesh: newMesh(), url: server().url });
  await database.query(`create table ${database.schema}.counts (n int)`);
  await database.query(`insert into ${database.schema}.counts values (0)`);
  const add = `update ${database.schema}.counts set n = n + 1`;
  const error = await failure(
    database.transaction(async ({ query }) => {
      await query('set transaction isolation level serializable');
      await query(`select n from ${database.schema}.counts`);
      await database.query(add);
      await query(add);
    }),
  );
  expect(error).toMatchObject({ code: 'PARLEY_STATEMENT', sqlState: '40001', retryable: true });
});
