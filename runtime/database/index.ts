/** The public names of the database: Postgres at `DATABASE_URL`, or PGlite behind its socket. */
export type { Database, Queries, SqlValue } from './database.ts';
export {
  DatabaseBusyError,
  DatabaseRefusedError,
  DatabaseUnavailableError,
  DatabaseUrlError,
  SchemaMissingError,
  SchemaTooNewError,
  StatementError,
} from './database-errors.ts';
export { keepJson, keepText, restoreJson, restoreText } from './kept-text.ts';
export {
  type DatabaseOptions,
  type DatabasePlace,
  databaseVersion,
  type EmbeddedDatabase,
  openDatabase,
} from './open-database.ts';
export type { DatabaseLimits } from './pg-database.ts';
export { storableJson, storableText } from './storable.ts';
