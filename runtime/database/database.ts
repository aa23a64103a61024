/** What the stores need of a database that speaks SQL. Postgres, or PGlite behind its socket: `pg-database.ts` is for both. */

export interface Queries {
  /** @param values of `$1`, `$2`, ...: nothing that was not written by us ever stands in the text. @returns the rows */
  query<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

export type SqlValue = string | number | boolean | null;

export interface Database extends Queries, AsyncDisposable {
  readonly kind: 'postgres' | 'pglite';
  /** Where it is, for people: without user and password. */
  readonly describe: string;
  /** Holds all tables of the mesh, and no other's. Letters, digits and `_`: it may stand in SQL. */
  readonly schema: string;
  /**
   * All of it or nothing. Inside, only `queries` may be used: PGlite's pool has one connection, and asking the database itself
   * would wait for the transaction to end.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Resolves when what was asked has been answered and every connection is closed. Idempotent. */
  close(): Promise<void>;
}
