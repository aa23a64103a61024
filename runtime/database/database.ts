/** The port of an SQL database. `pg-database.ts` implements it for Postgres, or PGlite behind its socket. */

export interface Queries {
  /** Runs one statement. @param values of `$1`, `$2`, ...: never put a value into the text. @returns the rows */
  query<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

export type SqlValue = string | number | boolean | null;

export interface Database extends Queries, AsyncDisposable {
  readonly kind: 'postgres' | 'pglite';
  /** The address for display: without user and password. */
  readonly describe: string;
  /** Holds all tables of this mesh; those of an app too, under names that begin with its own. Letters, digits and `_`: safe inside SQL. */
  readonly schema: string;
  /**
   * Commits all of the work or none of it. The work must use `queries` only: the pool of PGlite has one connection, so a query on
   * the database itself would wait for this transaction to end.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Resolves when pending queries are answered and every connection is closed. Idempotent. */
  close(): Promise<void>;
}
