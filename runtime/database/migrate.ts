/**
 * Brings the schema of a mesh up to date, forward only. The version is the number of completed steps. Each step runs once, even
 * when several processes start together: they wait for one lock, and all steps run in one transaction.
 */
import type { Database, Queries } from './database.ts';
import { SchemaMissingError, SchemaTooNewError } from './database-errors.ts';

export interface Migration {
  readonly name: string;
  /** Returns the statements, one by one. @param schema a name that is safe inside SQL */
  readonly sql: (schema: string) => readonly string[];
}

/** A mesh has a schema of this prefix and its name. */
export const schemaPrefix = 'parley_';

/** The key of the advisory lock: a number that other programs are unlikely to use. */
const lockFamily = 0x7061_726c;

/** Runs the missing steps. @throws SchemaTooNewError */
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

/** Checks that a reader finds an up-to-date schema. @throws SchemaMissingError, SchemaTooNewError */
export async function expectMigrated(database: Database, migrations: readonly Migration[]): Promise<void> {
  const found = await check(database, database, migrations);
  const known = migrations.length;
  if (found === known) return;
  const others = found === 0 ? await otherMeshes(database) : [];
  throw new SchemaMissingError(database.describe, database.schema, { found, known, others });
}

/** Returns the meshes that have a schema there. */
async function otherMeshes(database: Database): Promise<readonly string[]> {
  const schemas = await database.query<{ name: string }>(
    'select nspname as name from pg_catalog.pg_namespace where starts_with(nspname, $1) order by nspname',
    [schemaPrefix],
  );
  return schemas.map(({ name }) => name.slice(schemaPrefix.length));
}

/** Returns the number of completed steps. @throws SchemaTooNewError */
async function check(
  { describe, schema }: Database,
  queries: Queries,
  migrations: readonly Migration[],
): Promise<number> {
  // to_regclass() may use an answer from before the lock: a connection caches that a name was missing
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

/** Creates the schema only if it is missing: an existing one needs no right to create. */
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
