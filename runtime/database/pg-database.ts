/** The port on `pg`: a pool of connections, errors in this project's words. */
import { Pool, type PoolClient } from 'pg';
import { type ParleyError, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Database, Queries, SqlValue } from './database.ts';
import { DatabaseAwayError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { explain, isForeignParameter, isReadOnly, isUseless } from './explain.ts';

export interface PgSettings {
  readonly address: DatabaseAddress;
  readonly kind: Database['kind'];
  readonly schema: string;
  readonly log: Logger;
  readonly limits: DatabaseLimits;
}

export interface DatabaseLimits {
  readonly connections: number;
  /** A connection that is not had within this time is given up. */
  readonly connectMs: number;
  /** A statement that takes longer is ended. PGlite cannot end one: there the answer is no longer waited for. */
  readonly statementMs: number;
}

/** After which an answer is no longer waited for: the server's own word comes first. */
const graceMs = 2_000;
const idleMs = 10_000;

export class PgDatabase implements Database {
  readonly kind: Database['kind'];
  readonly describe: string;
  readonly schema: string;
  readonly #settings: PgSettings;
  #pool: Pool;
  /** A pooler may not take them: then only the answer's time limit holds. */
  #sessionLimits = true;
  /** Replaced ones that somebody still waits for a connection of. */
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
      // it was not asked: no connection was had
      if (this.#doesWithoutLimits(pool, error)) return this.query(text, values);
      throw this.#explained(pool, error);
    }
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const { pool, client } = await this.#connect();
    let lost: Error | undefined;
    // Without a listener, losing the connection between two questions would end the process; the next question says it.
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
        if (isUseless(error)) lost = error as Error;
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

  /** A server that takes no writes was the primary before: its other connections are given up too. */
  #explained(pool: Pool, error: unknown): ParleyError {
    if (isReadOnly(error)) this.#replace(pool);
    return explain(error, this.#settings.address);
  }

  /** Where a pooler does not take the session's limits, for good: the time limit of the answer stays. @returns whether to ask again */
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

  /** Unless another question has. Those who wait for the old one are served by it still. */
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
    // the pool makes connections of its options: whoever prints it is not to see the password among them
    const { options } = pool as unknown as { readonly options: object };
    Object.defineProperty(options, 'connectionString', { enumerable: false });
    // A connection that nobody uses was lost; the next question makes another.
    pool.on('error', (error) =>
      log.debug({ database: address.describe, reason: error.message }, 'a connection to the database was lost'),
    );
    return pool;
  }

  #checkOpen(): void {
    if (this.#closed !== undefined)
      throw new DatabaseAwayError(this.describe, 'it was closed here', 'ask before the node stops');
  }
}
