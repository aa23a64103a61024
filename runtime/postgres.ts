/** The public names of `parley-runtime/postgres`: what agents remember and why they acted, in Postgres or in PGlite. */
export {
  type Database,
  DatabaseBusyError,
  type DatabaseLimits,
  type DatabaseOptions,
  type DatabasePlace,
  DatabaseRefusedError,
  DatabaseUnavailableError,
  DatabaseUrlError,
  openDatabase,
  type Queries,
  SchemaMissingError,
  SchemaTooNewError,
  type SqlValue,
  StatementError,
} from './database/index.ts';
export { PostgresEpisodes } from './memory/postgres/postgres-episodes.ts';
export { PostgresTraces } from './telemetry/postgres/postgres-traces.ts';
