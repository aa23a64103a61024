/** Opens the database of a mesh: connects, and brings the mesh's tables up to date. */
import { checkMesh } from '../core/ids.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import { compileOptions, type OptionRules, whole } from '../core/options.ts';
import type { Database } from './database.ts';
import { readDatabaseUrl } from './database-url.ts';
import { expectMigrated, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { type DatabaseLimits, PgDatabase, type PgSettings } from './pg-database.ts';

/** PGlite behind its socket; `startPglite` of `parley-runtime/embedded`. */
export interface EmbeddedDatabase {
  readonly url: string;
  readonly describe: string;
}

/** `DATABASE_URL`, or an embedded database that runs. */
export type DatabasePlace = { readonly url: string } | { readonly embedded: EmbeddedDatabase };

export type DatabaseOptions = DatabasePlace & {
  readonly mesh: string;
  readonly log?: Logger;
  readonly limits?: Partial<DatabaseLimits>;
  /** Only looks: nothing is made or brought up to date. */
  readonly asReader?: boolean;
};

const rules: OptionRules<DatabaseLimits> = {
  connections: whole(5, 1, 100, 'connections'),
  connectMs: whole(10_000, 1, 600_000, 'milliseconds'),
  statementMs: whole(30_000, 1, 3_600_000, 'milliseconds'),
};

/**
 * @throws DatabaseUrlError, InvalidOptionError; DatabaseAwayError, DatabaseRefusedError when it cannot be reached;
 * SchemaTooNewError; as a reader SchemaMissingError
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { mesh, log = silentLogger, limits = {}, asReader = false } = options;
  const database = new PgDatabase({
    ...placeOf(options),
    schema: `parley_${checkMesh(mesh)}`,
    log,
    // PGlite serves one at a time: more connections would only wait for each other there
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

function placeOf(place: DatabasePlace): Pick<PgSettings, 'url' | 'address' | 'kind'> {
  if ('url' in place) return { url: place.url, address: readDatabaseUrl(place.url), kind: 'postgres' };
  const { url, describe } = place.embedded;
  const whenAway = 'it is started again by the process that runs it';
  return { url, address: { ...readDatabaseUrl(url), describe, whenAway }, kind: 'pglite' };
}
