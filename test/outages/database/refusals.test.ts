/** An unusable Postgres is explained in one line with the remedy. */
import { describe, expect, it } from 'vitest';
import type { ParleyError } from '../../../runtime/core/errors.ts';
import { type DatabaseOptions, openDatabase, type StatementError } from '../../../runtime/database/index.ts';
import { newMesh, sharedPostgres } from '../../support/database-rig.ts';
import { freePort } from '../../support/free-port.ts';

const server = sharedPostgres();

async function refusal(url: string, more: Partial<DatabaseOptions> = {}): Promise<ParleyError> {
  const opened = await openDatabase({ mesh: newMesh(), url, ...more }).catch((error: unknown) => error as ParleyError);
  if (!(opened instanceof Error)) throw new Error('it was opened');
  expect(opened.message).not.toMatch(/secret|wrong|\n/);
  return opened;
}

it('A port without a server is refused with a sentence', async () => {
  const port = await freePort();
  const error = await refusal(`postgres://me:secret@127.0.0.1:${port}/parley`);
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_UNAVAILABLE', retryable: true });
  expect(error.message).toMatch(new RegExp(`127.0.0.1:${port}/parley is away: .*ECONNREFUSED.*; start it, or correct`));
});

it('An unknown host is refused with a sentence', async () => {
  const error = await refusal('postgres://me:secret@nowhere.invalid/parley');
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_UNAVAILABLE' });
  expect(error.message).toMatch(/nowhere\.invalid/);
});

it('A wrong password is refused with a sentence', async () => {
  const error = await refusal(server().urlOf({ pass: 'wrong' }));
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED', retryable: false });
  expect(error.message).toMatch(/does not let user "postgres" in: .*; correct user or password in DATABASE_URL/);
});

it('A missing password is refused with a sentence', async () => {
  const error = await refusal(`postgres://postgres@127.0.0.1:${server().port}/postgres`);
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED' });
});

it('An unknown database is refused with a sentence', async () => {
  const error = await refusal(server().urlOf({ database: 'parley' }));
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED' });
  expect(error.message).toMatch(/has no database "parley"; create it \(createdb parley\), or correct DATABASE_URL/);
});

it('A server without the required TLS is refused with a sentence', async () => {
  const error = await refusal(`${server().url}?sslmode=verify-full`);
  expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED' });
  expect(error.message).toMatch(/does not support SSL/);
});

it('A mesh with an invalid schema name is refused with a sentence', async () => {
  await expect(openDatabase({ mesh: 'x"; drop schema public', url: server().url })).rejects.toThrow(
    /mesh .* is not valid/,
  );
});

describe('a user without rights', () => {
  it('A user without rights learns which right is missing, and may use a schema that was created for it', async () => {
    await using admin = await openDatabase({ mesh: newMesh(), url: server().url });
    await admin.query(`create role clerk login password 'clerk'`);
    const [url, mesh] = [server().urlOf({ user: 'clerk', pass: 'clerk' }), newMesh()];
    const error = await openDatabase({ mesh, url }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PARLEY_DATABASE_REFUSED' });
    expect((error as Error).message).toMatch(/does not allow user "clerk" to do this: permission denied for database/);
    await admin.query(`create schema parley_${mesh} authorization clerk`);
    await using clerk = await openDatabase({ mesh, url });
    expect(await clerk.query(`select trace_id from ${clerk.schema}.reasoning_traces`)).toEqual([]);
  });
});

it('A statement that takes too long is ended, and the connection stays usable', async () => {
  const mesh = newMesh();
  // its schema is made under no limit that a busy machine could reach
  await (await openDatabase({ mesh, url: server().url })).close();
  await using database = await openDatabase({ mesh, url: server().url, limits: { statementMs: 2_000 } });
  const error = await database.query('select pg_sleep(60)').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PARLEY_STATEMENT', sqlState: '57014', retryable: true });
  expect((error as StatementError).message).toMatch(/statement timeout/);
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
});

it('A wrong statement is not retryable', async () => {
  await using database = await openDatabase({ mesh: newMesh(), url: server().url });
  const asked = database.query('select nothing');
  await expect(asked).rejects.toMatchObject({ code: 'PARLEY_STATEMENT', sqlState: '42703', retryable: false });
});

it('An unavailable database is reported while it is away, and works by itself once it is back', async () => {
  await using database = await openDatabase({ mesh: newMesh(), url: server().url });
  await server().stop('SIGINT');
  await expect(database.query('select 1')).rejects.toMatchObject({
    code: 'PARLEY_DATABASE_UNAVAILABLE',
    retryable: true,
  });
  await server().start();
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
});

it('A connection lost within a transaction leaves nothing of it, and the process lives', async () => {
  await using database = await openDatabase({ mesh: newMesh(), url: server().url });
  const lost = database.transaction(async (queries) => {
    await queries.query(`insert into ${database.schema}.schema_version (version, name) values (99, 'lost')`);
    await server().stop('SIGKILL');
    await queries.query('select 1');
  });
  await expect(lost).rejects.toMatchObject({ code: 'PARLEY_DATABASE_UNAVAILABLE' });
  await server().start();
  expect(await database.query(`select name from ${database.schema}.schema_version where version = 99`)).toEqual([]);
});
