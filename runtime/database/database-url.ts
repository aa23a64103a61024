/** `DATABASE_URL`: what is wrong with it, before anybody connects, and how it is shown. */
import { DatabaseUrlError } from './database-errors.ts';

export interface DatabaseAddress {
  /** `postgres://host:port/database`, without user and password. */
  readonly describe: string;
  /** `host:port`, or the folder of a socket. */
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** What to do when it does not answer. */
  readonly whenAway: string;
}

/** @throws DatabaseUrlError */
export function readDatabaseUrl(url: string): DatabaseAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new DatabaseUrlError('is no URL: it begins with no scheme');
  if (scheme !== 'postgres' && scheme !== 'postgresql')
    throw new DatabaseUrlError(`begins with "${scheme}://" instead of postgres:// or postgresql://`);
  const { hostname, port, username, pathname, searchParams } = parse(url);
  const folder = searchParams.get('host') ?? '';
  if (hostname === '' && folder === '') throw new DatabaseUrlError('names no host');
  const user = decode(searchParams.get('user') ?? username);
  const database = decode(pathname.slice(1)) || user;
  const host = hostname === '' ? folder : `${hostname}:${port || '5432'}`;
  const whenAway = 'start it, or correct DATABASE_URL';
  return { describe: `postgres://${host}/${database}`, host, user, database, whenAway };
}

function parse(url: string): URL {
  try {
    // `postgres` is a scheme without rules of its own: a URL without host, such as that of a socket, is taken
    return new URL(url);
  } catch {
    if (/^[^/]*:\/\/[^/]*@(?:\/|$)/.test(url)) throw new DatabaseUrlError('names no host');
    throw new DatabaseUrlError('cannot be read: in user and password, # / ? @ : are written %23 %2F %3F %40 %3A');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('cannot be read: % stands before two hexadecimal digits, and itself is written %25');
  }
}
