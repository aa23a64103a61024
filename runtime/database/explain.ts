/** Explains an error of the driver: its meaning, with the remedy. A pure function of the error. */
import { ParleyError, reasonOf } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import {
  DatabaseBusyError,
  DatabaseRefusedError,
  DatabaseUnavailableError,
  StatementError,
} from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';

/** A five-character code of Postgres (its appendix A), as opposed to `EPIPE` of the system. */
const sqlStatePattern = /^(?=[0-9A-Z]{5}$)(?:\d|P0|F0|HV|XX)/;
/** The server stops, starts, or has restarted; class 08 is an error of the connection itself. */
const comesAndGoes = /^(?:08|57P0[1235])/;
/** Serialisation, resources, timeout, operator, disk; also read-only, which a failover ends: a retry may succeed. */
const retried = /^(?:40|53|57|58|25006$)/;
/** A pooler reports every error with the code of a protocol violation. */
const poolerCode = '08P01';
const startupParameter = /unsupported startup parameter/i;
const poolerRefusal = /no such (?:database|user)|password authentication failed|not allowed|auth failed/i;
/** Errors that affect every statement of this connection: the server became a standby, shuts down, or has no room. */
const useless = /^(?:25006$|08|53|57P0[1235])/;
/** Errors before any statement: a missing password, a certificate, TLS with a server that has none. */
const unfit = /^SASL|certificate|does not support SSL/;

export function explain(error: unknown, { describe, host, user, database, remedy }: DatabaseAddress): ParleyError {
  if (error instanceof ParleyError) return error;
  const code = isObject(error) && typeof error.code === 'string' ? error.code : '';
  // a host with several addresses fails with one error for each, which have no common message
  const reason = reasonOf(error) || code || 'it cannot be connected to';
  const refused = (what: string, remedy: string): ParleyError => new DatabaseRefusedError(host, what, remedy, error);
  if (code === '28P01' || code === '28000')
    return refused(`does not let user "${user}" in: ${reason}`, 'correct user or password in DATABASE_URL');
  if (code === '3D000')
    return refused(`has no database "${database}"`, `create it (createdb ${database}), or correct DATABASE_URL`);
  if (code === '42501')
    return refused(`does not allow user "${user}" to do this: ${reason}`, 'let the owner of the database grant it');
  if (code === '53300')
    return new DatabaseBusyError(describe, reason, 'raise its max_connections, or let fewer nodes use it', error);
  if (code === '25006')
    return new StatementError(describe, code, `${reason}: it is a standby, or was set to be read-only`, true, error);
  if (isForeignParameter(error))
    return refused(`is behind a pooler that takes no session limits: ${reason}`, ignoreThem);
  if (code === poolerCode && poolerRefusal.test(reason))
    return refused(`is behind a pooler that refuses this login: ${reason}`, 'correct DATABASE_URL, or the pooler');
  if (sqlStatePattern.test(code) && !comesAndGoes.test(code))
    return new StatementError(describe, code, reason, retried.test(code), error);
  if (unfit.test(reason)) return refused(`cannot be used: ${reason}`, 'correct DATABASE_URL');
  return new DatabaseUnavailableError(describe, reason, remedy, error);
}

const ignoreThem = 'add them to ignore_startup_parameters of PgBouncer';

/** Whether a pooler (PgBouncer) refused a time limit of the session. */
export function isForeignParameter(error: unknown): boolean {
  return isObject(error) && error.code === poolerCode && startupParameter.test(reasonOf(error));
}

/** Whether the pool must drop the connection after this error: a new one may reach a working server. */
export function isConnectionUnusable(error: unknown): boolean {
  const said = error instanceof ParleyError ? error.cause : error;
  return isObject(said) && typeof said.code === 'string' && useless.test(said.code);
}

/** Whether the server accepts no writes: its other connections do not either. */
export const isReadOnly = (error: unknown): boolean => isObject(error) && error.code === '25006';
