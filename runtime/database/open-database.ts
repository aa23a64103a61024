/** Opens the database of a mesh: connects, and brings the mesh's tables up to date. */
import { InvalidOptionError } from '../core/errors.ts';
import { checkMesh } from '../core/ids.ts';
import { isObject } from '../core/json.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import { checkLog, checkOptions, compileOptions, namesOf, type OptionRules, whole, yesOrNo } from '../core/options.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import type { Database } from './database.ts';
import { readDatabaseUrl } from './database-url.ts';
import { expectMigrated, migrate, schemaPrefix } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { type DatabaseLimits, PgDatabase, type PgSettings } from './pg-database.ts';

/** PGlite behind its socket; `startPglite` of `parley-runtime/embedded`. */
export interface EmbeddedDatabase {
  readonly url: string | ServiceUrl;
  readonly describe: string;
}

/** `DATABASE_URL`, or a running embedded database. */
export type DatabasePlace = { readonly url: string | ServiceUrl } | { readonly embedded: EmbeddedDatabase };

export type DatabaseOptions = DatabasePlace & {
  readonly mesh: string;
  readonly log?: Logger;
  readonly limits?: Partial<DatabaseLimits>;
  /** Read only: creates nothing, migrates nothing. */
  readonly asReader?: boolean;
};

const rules: OptionRules<DatabaseLimits> = {
  connections: whole(5, 1, 100, 'connections'),
  connectMs: whole(10_000, 1, 600_000, 'milliseconds'),
  statementMs: whole(30_000, 1, 3_600_000, 'milliseconds'),
};

const optionNames = namesOf<DatabaseOptions & { url: string; embedded: EmbeddedDatabase }>({
  url: true,
  embedded: true,
  mesh: true,
  log: true,
  limits: true,
  asReader: true,
});

/**
 * Opens the database.
 * @throws DatabaseUrlError, InvalidOptionError; DatabaseUnavailableError, DatabaseRefusedError when it cannot be reached;
 * SchemaTooNewError; as a reader SchemaMissingError
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  checkOptions('openDatabase', options, optionNames);
  const { mesh, log = silentLogger, limits = {} } = options;
  checkLog(log);
  const asReader = yesOrNo('asReader', options.asReader, false);
  const database = new PgDatabase({
    ...placeOf(options),
    schema: `${schemaPrefix}${checkMesh(mesh)}`,
    log,
    // PGlite serves one connection at a time: more connections would only wait for each other
    limits: compileOptions('database', rules, 'embedded' in options ? { ...limits, connections: 1 } : limits),
  });
  try {
    await (asReader ? expectMigrated : migrate)(database, migrations);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Asks the server at `DATABASE_URL` for its version; creates nothing there.
 * @returns `15.14 at postgres://host:port/database`
 * @throws DatabaseUrlError, DatabaseUnavailableError, DatabaseRefusedError
 */
export async function databaseVersion(url: string | ServiceUrl): Promise<string> {
  const limits = compileOptions('database', rules, { connections: 1, connectMs: 3_000 });
  const database = new PgDatabase({ ...placeOf({ url }), schema: 'public', log: silentLogger, limits });
  try {
    const [found] = await database.query<{ server_version: string }>('show server_version');
    return `${found?.server_version} at ${database.describe}`;
  } finally {
    await database.close();
  }
}

function placeOf(place: DatabasePlace): Pick<PgSettings, 'address' | 'kind'> {
  if ('url' in place) return { address: readDatabaseUrl(place.url), kind: 'postgres' };
  if (!('embedded' in place)) throw new InvalidOptionError('openDatabase', 'given "url" or "embedded"', place);
  if (!isObject(place.embedded)) throw new InvalidOptionError('embedded', 'what startPglite gives', place.embedded);
  const { url, describe } = place.embedded;
  const remedy = 'it is started again by the process that runs it';
  return { address: { ...readDatabaseUrl(url), describe, remedy }, kind: 'pglite' };
}
