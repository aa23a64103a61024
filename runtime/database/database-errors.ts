/** Why there is no database, or it does not do what it is asked. None shows a password. */
import { ParleyError } from '../core/errors.ts';
import { ServiceUrlError } from '../core/service-url.ts';

const example = 'postgres://user:password@127.0.0.1:5432/parley';

/** `DATABASE_URL` cannot be used as it stands. It is not shown: it may hold a password. */
export class DatabaseUrlError extends ServiceUrlError {
  constructor(fault: string) {
    super('DATABASE_URL', fault, example, 'PARLEY_DATABASE_URL');
  }
}

/** Nobody answers, or the connection was lost: later it may be there. What was asked may have been done. */
export class DatabaseAwayError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_AWAY', `the database at ${where} is away: ${reason}; ${remedy}`, { retryable: true, cause });
  }
}

/** It answers, and will not let us in, or not do this: trying again changes nothing. */
export class DatabaseRefusedError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_REFUSED', `the database at ${where} ${reason}; ${remedy}`, { cause });
  }
}

/** It answers, and has no connection left for us: others hold them. */
export class DatabaseBusyError extends ParleyError {
  constructor(where: string, reason: string, remedy: string, cause?: unknown) {
    super('PARLEY_DATABASE_BUSY', `the database at ${where} has no connection left: ${reason}; ${remedy}`, {
      retryable: true,
      cause,
    });
  }
}

/** A statement that the database did not carry out. */
export class StatementError extends ParleyError {
  /** Five characters, listed in Postgres' appendix A. */
  readonly sqlState: string;

  constructor(where: string, sqlState: string, reason: string, retryable: boolean, cause?: unknown) {
    super('PARLEY_STATEMENT', `the database at ${where} did not carry out a statement: ${reason} (${sqlState})`, {
      retryable,
      cause,
    });
    this.sqlState = sqlState;
  }
}

/** What is stored there has a form that this code does not know. */
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

/** Nothing was ever stored there for this mesh, or by an older Parley only, and whoever asked must not change that. */
export class SchemaMissingError extends ParleyError {
  constructor(where: string, schema: string, found: number, known: number) {
    super(
      'PARLEY_SCHEMA_MISSING',
      found === 0
        ? `nothing was ever stored in schema "${schema}" at ${where}; is the mesh named as when it ran?`
        : `schema "${schema}" at ${where} has version ${found}, and this Parley reads ${known}; ` +
            'start a node of this Parley once: it brings it up to date',
    );
  }
}
