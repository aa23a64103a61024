/** The port on `pg`: a pool of connections, errors in this project's words. */
import { Pool, type PoolClient } from 'pg';
import type { Logger } from '../core/logger.ts';
import type { Database, Queries, SqlValue } from './database.ts';
import { DatabaseAwayError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';
import { explain } from './explain.ts';

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

type Asker = Pick<Pool | PoolClient, 'query'>;

export class PgDatabase implements Database {
  readonly kind: Database['kind'];
  readonly describe: string;
  readonly schema: string;
  readonly #address: DatabaseAddress;
  readonly #pool: Pool;
  #closed: Promise<void> | undefined;

  constructor({ address, kind, schema, log, limits }: PgSettings) {
    this.kind = kind;
    this.describe = address.describe;
    this.schema = schema;
    this.#address = address;
    this.#pool = new Pool({
      connectionString: address.url.revealUrl(),
      application_name: 'parley',
      max: limits.connections,
      connectionTimeoutMillis: limits.connectMs,
      idleTimeoutMillis: idleMs,
      statement_timeout: limits.statementMs,
      idle_in_transaction_session_timeout: limits.statementMs,
      query_timeout: limits.statementMs + graceMs,
      keepAlive: true,
      allowExitOnIdle: true,
    });
    // the pool makes connections of its options: whoever prints it is not to see the password among them
    const { options } = this.#pool as unknown as { readonly options: object };
    Object.defineProperty(options, 'connectionString', { enumerable: false });
    // A connection that nobody uses was lost; the next question makes another.
    this.#pool.on('error', (error) =>
      log.debug({ database: address.describe, reason: error.message }, 'a connection to the database was lost'),
    );
  }

  query<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#ask<Row>(this.#pool, text, values);
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let lost: Error | undefined;
    // Without a listener, losing the connection between two questions would end the process; the next question says it.
    const onLost = (error: Error): void => {
      lost = error;
    };
    client.on('error', onLost);
    try {
      await this.#ask(client, 'begin');
      const result = await work({ query: (text, values) => this.#ask(client, text, values) });
      await this.#ask(client, 'commit');
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
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ask<Row extends object>(
    asker: Asker,
    text: string,
    values: readonly SqlValue[] = [],
  ): Promise<readonly Row[]> {
    this.#checkOpen();
    try {
      return (await asker.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw explain(error, this.#address);
    }
  }

  async #connect(): Promise<PoolClient> {
    this.#checkOpen();
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw explain(error, this.#address);
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined)
      throw new DatabaseAwayError(this.describe, 'it was closed here', 'ask before the node stops');
  }
}
