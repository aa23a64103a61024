/** Implements the port with `pg`: a pool of connections, with errors translated to those of this package. */
import { Pool, type PoolClient } from 'pg';
import { type ParleyError, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Database, Queries, SqlValue } from './database.ts';
import { DatabaseUnavailableError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { explain, isConnectionUnusable, isForeignParameter, isReadOnly } from './explain.ts';

export interface PgSettings {
  readonly address: DatabaseAddress;
  readonly kind: Database['kind'];
  readonly schema: string;
  readonly log: Logger;
  readonly limits: DatabaseLimits;
}

export interface DatabaseLimits {
  readonly connections: number;
  /** The time to acquire a connection. */
  readonly connectMs: number;
  /** The time limit of a statement, which the server then cancels. PGlite cannot cancel: there the client stops waiting. */
  readonly statementMs: number;
}

/** Added to the limit of the client, so that the server reports its own timeout first. */
const graceMs = 2_000;
const idleMs = 10_000;

export class PgDatabase implements Database {
  readonly kind: Database['kind'];
  readonly describe: string;
  readonly schema: string;
  readonly #settings: PgSettings;
  #pool: Pool;
  /** False when a pooler refuses them: then only the time limit of the client applies. */
  #sessionLimits = true;
  /** Replaced pools that still have callers waiting for a connection. */
  readonly #retired: Set<Pool> = new Set();
  readonly #ending: Set<Promise<void>> = new Set();
  #closed: Promise<void> | undefined;

  constructor(settings: PgSettings) {
    this.kind = settings.kind;
    this.describe = settings.address.describe;
    this.schema = settings.schema;
    this.#settings = settings;
    this.#pool = this.#newPool();
  }

  async query<Row extends object>(text: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    this.#checkOpen();
    const pool = this.#pool;
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      // retries safely: the statement was never sent, because no connection was acquired
      if (this.#doesWithoutLimits(pool, error)) return this.query(text, values);
      throw this.#explained(pool, error);
    }
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const { pool, client } = await this.#connect();
    let lost: Error | undefined;
    // without a listener, losing an idle connection would end the process; the next query reports the loss
    const onLost = (error: Error): void => {
      lost = error;
    };
    const query = async <Row extends object>(
      text: string,
      values: readonly SqlValue[] = [],
    ): Promise<readonly Row[]> => {
      this.#checkOpen();
      try {
        return (await client.query<Row>(text, [...values])).rows;
      } catch (error) {
        if (isConnectionUnusable(error)) lost = error as Error;
        throw this.#explained(pool, error);
      }
    };
    client.on('error', onLost);
    try {
      await query('begin');
      const result = await work({ query });
      await query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(onLost);
      throw error;
    } finally {
      client.off('error', onLost);
      client.release(lost);
    }
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([...this.#ending, ...[...this.#retired, this.#pool].map((pool) => pool.end())]).then(
      () => undefined,
    );
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #connect(): Promise<{ readonly pool: Pool; readonly client: PoolClient }> {
    this.#checkOpen();
    const pool = this.#pool;
    try {
      return { pool, client: await pool.connect() };
    } catch (error) {
      if (this.#doesWithoutLimits(pool, error)) return this.#connect();
      throw this.#explained(pool, error);
    }
  }

  /** Translates an error. A server that became read-only was the primary before: its other connections are dropped too. */
  #explained(pool: Pool, error: unknown): ParleyError {
    if (isReadOnly(error)) this.#replace(pool);
    return explain(error, this.#settings.address);
  }

  /** Drops the session limits for good when a pooler refuses them; the client's own limit stays. @returns whether to retry */
  #doesWithoutLimits(pool: Pool, error: unknown): boolean {
    if (!isForeignParameter(error)) return false;
    if (pool !== this.#pool) return true;
    if (!this.#sessionLimits) return false;
    this.#sessionLimits = false;
    const { log } = this.#settings;
    log.warn({ database: this.describe, reason: reasonOf(error) }, 'a pooler takes no time limits of the session');
    this.#replace(pool);
    return true;
  }

  /** Replaces the pool, unless another query has done so. The old pool still serves its waiting callers. */
  #replace(pool: Pool): void {
    if (pool !== this.#pool || this.#closed !== undefined) return;
    this.#pool = this.#newPool();
    this.#retired.add(pool);
    const end = (): void => {
      if (this.#closed !== undefined || pool.waitingCount > 0 || !this.#retired.delete(pool)) return;
      const ended = pool.end().finally(() => this.#ending.delete(ended));
      this.#ending.add(ended);
    };
    pool.on('release', end);
    end();
  }

  #newPool(): Pool {
    const { address, log, limits } = this.#settings;
    const pool = new Pool({
      connectionString: address.url.revealUrl(),
      application_name: 'parley',
      max: limits.connections,
      connectionTimeoutMillis: limits.connectMs,
      idleTimeoutMillis: idleMs,
      ...(this.#sessionLimits
        ? { statement_timeout: limits.statementMs, idle_in_transaction_session_timeout: limits.statementMs }
        : {}),
      query_timeout: limits.statementMs + graceMs,
      keepAlive: true,
      allowExitOnIdle: true,
    });
    // the pool keeps its options for new connections: hide the password from code that prints the pool
    const { options } = pool as unknown as { readonly options: object };
    Object.defineProperty(options, 'connectionString', { enumerable: false });
    // an idle connection was lost; the next query opens another
    pool.on('error', (error) =>
      log.debug({ database: address.describe, reason: error.message }, 'a connection to the database was lost'),
    );
    return pool;
  }

  #checkOpen(): void {
    if (this.#closed !== undefined)
      throw new DatabaseUnavailableError(this.describe, 'it was closed here', 'ask before the node stops');
  }
}
