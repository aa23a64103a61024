/** What an error of the driver means, and what to do about it. A function of the error alone. */
import { ParleyError, reasonOf } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { DatabaseAwayError, DatabaseRefusedError, StatementError } from './database-errors.ts';
import type { DatabaseAddress } from './database-url.ts';

/** Five characters of Postgres (its appendix A), and not `EPIPE` of the system. */
const sqlStatePattern = /^(?=[0-9A-Z]{5}$)(?:\d|P0|F0|HV|XX)/;
/** The server stops, starts, or has restarted; class 08 is the connection itself. */
const comesAndGoes = /^(?:08|57P0[1235])/;
/** Serialisation, resources, a timeout, the operator, the disk: later it may succeed. */
const retried = /^(?:40|53|57|58)/;
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
  if (sqlStatePattern.test(code) && !comesAndGoes.test(code))
    return new StatementError(describe, code, reason, retried.test(code), error);
  if (unfit.test(reason)) return refused(`cannot be used: ${reason}`, 'correct DATABASE_URL');
  return new DatabaseAwayError(describe, reason, whenAway, error);
}
