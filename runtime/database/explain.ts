/** What an error of the driver means, and what to do about it. A function of the error alone. */
import { ParleyError, reasonOf } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { DatabaseAwayError, DatabaseBusyError, DatabaseRefusedError, StatementError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';

/** Five characters of Postgres (its appendix A), and not `EPIPE` of the system. */
const sqlStatePattern = /^(?=[0-9A-Z]{5}$)(?:\d|P0|F0|HV|XX)/;
/** The server stops, starts, or has restarted; class 08 is the connection itself. */
const comesAndGoes = /^(?:08|57P0[1235])/;
/** Serialisation, resources, a timeout, the operator, the disk; read-only, which a failover ends: later it may succeed. */
const retried = /^(?:40|53|57|58|25006$)/;
/** A pooler says everything with the code of a broken protocol. */
const poolerCode = '08P01';
const startupParameter = /unsupported startup parameter/i;
const poolerRefusal = /no such (?:database|user)|password authentication failed|not allowed|auth failed/i;
/** What no statement on this connection will get over: the server is a standby now, ends, or has no room for us. */
const useless = /^(?:25006$|08|53|57P0[1235])/;
/** What keeps the driver from asking at all: a missing password, a certificate, TLS where there is none. */
const unfit = /^SASL|certificate|does not support SSL/;

export function explain(error: unknown, { describe, host, user, database, whenAway }: DatabaseAddress): ParleyError {
  if (error instanceof ParleyError) return error;
  const code = isObject(error) && typeof error.code === 'string' ? error.code : '';
  // a host with several addresses fails with an error for each, and no text of its own
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
    return refused(`is behind a pooler that lets nobody in so: ${reason}`, 'correct DATABASE_URL, or the pooler');
  if (sqlStatePattern.test(code) && !comesAndGoes.test(code))
    return new StatementError(describe, code, reason, retried.test(code), error);
  if (unfit.test(reason)) return refused(`cannot be used: ${reason}`, 'correct DATABASE_URL');
  return new DatabaseAwayError(describe, reason, whenAway, error);
}

const ignoreThem = 'add them to ignore_startup_parameters of PgBouncer';

/** A pooler (PgBouncer) does not take a limit that the session was to have. */
export function isForeignParameter(error: unknown): boolean {
  return isObject(error) && error.code === poolerCode && startupParameter.test(reasonOf(error));
}

/** After this error the connection is given up: another one may reach a server that does it. */
export function isUseless(error: unknown): boolean {
  const said = error instanceof ParleyError ? error.cause : error;
  return isObject(said) && typeof said.code === 'string' && useless.test(said.code);
}

/** The server takes no writes: so do its other connections. */
export const isReadOnly = (error: unknown): boolean => isObject(error) && error.code === '25006';
