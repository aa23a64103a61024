/** Errors of the database. None of their messages shows a password. */
import { ParleyError } from '../core/errors.ts';
import { ServiceUrlError } from '../core/service-url.ts';

const example = 'postgres://user:password@127.0.0.1:5432/parley';

/** `DATABASE_URL` is invalid. The message does not show it, because it may contain a password. */
export class DatabaseUrlError extends ServiceUrlError {
  constructor(fault: string) {
    super('DATABASE_URL', fault, example, 'PARLEY_DATABASE_URL');
  }
}

/** The database does not answer, or the connection was lost. A retry may succeed. The statement may have been executed. */
export class DatabaseUnavailableError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_UNAVAILABLE', `the database at ${where} is away: ${reason}; ${remedy}`, {
      retryable: true,
      cause,
    });
  }
}

/** The database answers, but refuses the login or the operation: a retry changes nothing. */
export class DatabaseRefusedError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_REFUSED', `the database at ${where} ${reason}; ${remedy}`, { cause });
  }
}

/** The database answers, but has no free connection: other clients hold them all. */
export class DatabaseBusyError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_BUSY', `the database at ${where} has no connection left: ${reason}; ${remedy}`, {
      retryable: true,
      cause,
    });
  }
}

/** The database did not execute a statement. */
export class StatementError extends ParleyError {
  /** The five-character code of Postgres, listed in its appendix A. */
  readonly sqlState: string;

  constructor(where: string, sqlState: string, reason: string, retryable: boolean, cause?: unknown) {
    super('PARLEY_STATEMENT', `the database at ${where} did not carry out a statement: ${reason} (${sqlState})`, {
      retryable,
      cause,
    });
    this.sqlState = sqlState;
  }
}

/** The schema has a newer version than this code knows. */
export class SchemaTooNewError extends ParleyError {
  constructor(where: string, schema: string, found: number, known: number) {
    super(
      'PARLEY_SCHEMA_TOO_NEW',
      `schema "${schema}" at ${where} has version ${found}, and this Parley knows ${known}: a newer one has written it\n` +
        'an older one would misread or damage it\n' +
        'run the newer Parley here too, or name another mesh or database',
    );
  }
}

interface SchemaState {
  /** The completed steps; 0: there is no schema. */
  readonly found: number;
  readonly known: number;
  /** Meshes that have a schema there. */
  readonly others: readonly string[];
}

/** The mesh has no schema there, or only one of an older Parley, and a reader must not create or change it. */
export class SchemaMissingError extends ParleyError {
  constructor(where: string, schema: string, { found, known, others }: SchemaState) {
    const mesh = schema.replace('parley_', '');
    const there =
      others.length === 0 ? 'no mesh has one' : `there are ${others.join(', ')}; name one of them with --mesh`;
    super(
      'PARLEY_SCHEMA_MISSING',
      found === 0
        ? `nothing was ever stored in schema "${schema}" at ${where}: that is mesh "${mesh}", and ${there}`
        : `schema "${schema}" at ${where} has version ${found}, and this Parley reads ${known}; ` +
            'start a node of this Parley once: it brings it up to date',
    );
  }
}
