/**
 * Brings a mesh's schema up to date, forward only. The version is the number of steps done; each step is done once, whoever
 * comes at the same time: they wait for one lock, and all steps are one transaction.
 */
import type { Database, Queries } from './database.ts';
import { SchemaMissingError, SchemaTooNewError } from './database-errors.ts';

export interface Migration {
  readonly name: string;
  /** Statements, one by one. @param schema may stand in SQL */
  readonly sql: (schema: string) => readonly string[];
}

/** Any number that no other program is likely to lock. */
const lockFamily = 0x7061_726c;

/** @throws SchemaTooNewError */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  if ((await check(database, database, migrations)) === migrations.length) return;
  const { schema } = database;
  await database.transaction(async (queries) => {
    await queries.query('select pg_advisory_xact_lock($1::int, hashtext($2))', [lockFamily, schema]);
    const done = await check(database, queries, migrations);
    if (done === 0) await makeSchema(queries, schema);
    for (const [index, { name, sql }] of [...migrations.entries()].slice(done)) {
      for (const statement of sql(schema)) await queries.query(statement);
      await queries.query(`insert into ${schema}.schema_version (version, name) values ($1, $2)`, [index + 1, name]);
    }
  });
}

/** For whoever only reads. @throws SchemaMissingError, SchemaTooNewError */
export async function expectMigrated(database: Database, migrations: readonly Migration[]): Promise<void> {
  const found = await check(database, database, migrations);
  const known = migrations.length;
  if (found < known) throw new SchemaMissingError(database.describe, database.schema, found, known);
}

/** How many steps were done. @throws SchemaTooNewError */
async function check(
  { describe, schema }: Database,
  queries: Queries,
  migrations: readonly Migration[],
): Promise<number> {
  // to_regclass() may answer from before the lock was had: what a connection has once not found, it remembers
  const [table] = await queries.query<{ there: boolean }>(
    `select exists (
       select from pg_catalog.pg_class join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
       where nspname = $1 and relname = 'schema_version'
     ) as there`,
    [schema],
  );
  if (table?.there !== true) return 0;
  const [newest] = await queries.query<{ version: number | null }>(
    `select max(version) as version from ${schema}.schema_version`,
  );
  const found = newest?.version ?? 0;
  if (found > migrations.length) throw new SchemaTooNewError(describe, schema, found, migrations.length);
  return found;
}

/** Where the schema was made for us, we need no right to make one. */
async function makeSchema(queries: Queries, schema: string): Promise<void> {
  const [found] = await queries.query<{ there: boolean }>(
    'select exists (select from pg_catalog.pg_namespace where nspname = $1) as there',
    [schema],
  );
  if (found?.there !== true) await queries.query(`create schema ${schema}`);
  await queries.query(
    `create table if not exists ${schema}.schema_version (
       version int primary key, name text not null, applied_at timestamptz not null default now()
     )`,
  );
}
