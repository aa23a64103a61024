/** Reads `DATABASE_URL`: finds its faults before a connection is made, and hides its secrets when it is shown. */
import { type ServiceUrl, toServiceUrl, type UrlRules } from '../core/service-url.ts';
import { DatabaseUrlError } from './database-errors.ts';

export interface DatabaseAddress {
  readonly url: ServiceUrl;
  /** `postgres://host:port/database`, without user and password. */
  readonly describe: string;
  /** `host:port`, or the folder of a Unix socket. */
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** The advice when the server does not answer. */
  readonly remedy: string;
}

const rules: UrlRules = {
  schemes: ['postgres', 'postgresql'],
  refuse: (fault) => new DatabaseUrlError(fault),
};

/** Parses the URL. @throws DatabaseUrlError */
export function readDatabaseUrl(given: string | ServiceUrl): DatabaseAddress {
  const url = toServiceUrl(given, rules);
  const [server = ''] = url.servers;
  const user = url.revealParameter('user') ?? url.reveal().user ?? '';
  const database = decode(url.path.slice(1)) || user;
  const host = hostOf(server, url.revealParameter('host') ?? '');
  const remedy = 'start it, or correct DATABASE_URL';
  return { url, describe: `postgres://${host}/${database}`, host, user, database, remedy };
}

/** Finds the folder of a Unix socket: it stands in the query, or encoded in place of the host. */
function hostOf(server: string, folder: string): string {
  if (server === '') return folder;
  if (/^%2f/i.test(server)) return decode(server);
  return /:\d+$/.test(server) ? server : `${server}:5432`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('cannot be read: % stands before two hexadecimal digits, and itself is written %25');
  }
}
