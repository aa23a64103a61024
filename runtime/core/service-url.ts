/**
 * The single parser for service URLs (NATS, Redis, Postgres). Every part of a password, encoded or not, ends up in the
 * password, or the URL is refused with an explanation. It never ends up in a host name or in printed text.
 */
import { ParleyError } from './errors.ts';

/** The URL is not usable. The message does not show it: it may hold a password. */
export class ServiceUrlError extends ParleyError {
  constructor(variable: string, fault: string, example: string, code = 'PARLEY_SERVICE_URL') {
    super(code, `${variable} ${fault}; it should look like ${example}`);
  }
}

/** A URL as callers give it. Another kind of value is refused without showing it: it may hold a password too. */
export function toServiceUrl(given: unknown, rules: UrlRules): ServiceUrl {
  if (typeof given === 'string') return readServiceUrl(given, rules);
  if (given instanceof ServiceUrl) return given;
  throw rules.refuse(given === undefined || given === null ? 'is missing' : 'is no text');
}

export interface UrlRules {
  readonly schemes: readonly string[];
  /** Allows several servers, separated by commas, each with or without a scheme, without anything after host and port. */
  readonly isServerList?: boolean;
  /** Creates the error for a fault. The message continues after the variable's name and shows no part of user or password. */
  readonly refuse: (fault: string) => ServiceUrlError;
}

const encodings = '"/" is written %2F, "@" %40, "," %2C, ":" %3A, "#" %23, "?" %3F and "%" %25';

interface Credentials {
  readonly user: string | undefined;
  /** `undefined`: the text before "@" has no colon. */
  readonly password: string | undefined;
}

interface Piece {
  /** Empty for a list: there each server has its own scheme, or none. */
  readonly scheme: string;
  readonly servers: readonly string[];
  readonly credentials: Credentials | undefined;
  /** The rest, from the first "/" or "?" after the host. */
  readonly tail: string;
}

/** The address of a service. Printed, logged, inspected or converted to JSON, it shows neither user nor password. */
export class ServiceUrl {
  /** Empty for a list. */
  readonly scheme: string;
  /** `host`, `host:port`, `[::1]:port`, in a list with their schemes; empty where the query names a Unix socket. */
  readonly servers: readonly string[];
  /** As written, percent-encoded: `/database`. */
  readonly path: string;
  readonly #credentials: Credentials | undefined;
  readonly #query: string;

  /** @see readServiceUrl */
  constructor({ scheme, servers, credentials, tail }: Piece) {
    this.scheme = scheme;
    this.servers = Object.freeze([...servers]);
    this.#credentials = credentials;
    const end = tail.search(/[?#]/);
    this.path = end === -1 ? tail : tail.slice(0, end);
    this.#query = end === -1 ? '' : tail.slice(end);
  }

  /** Scheme and servers, for people. */
  get describe(): string {
    return `${this.scheme === '' ? '' : `${this.scheme}://`}${this.servers.join(',')}`;
  }

  /** Returns the credentials, for the driver that connects. A text without a colon is a user to Postgres, a token to NATS. */
  reveal(): Credentials {
    return this.#credentials ?? { user: undefined, password: undefined };
  }

  /** Returns the whole URL, fully encoded as RFC 3986 demands, for drivers that accept nothing else. */
  revealUrl(): string {
    const { user, password } = this.reveal();
    const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
    const info = user === undefined ? '' : `${encodeURIComponent(user)}${secret}@`;
    const servers = this.servers.map((server) => server.replace(/^(?:[a-z0-9+.-]+:\/\/)?/, (scheme) => scheme + info));
    const scheme = this.scheme === '' ? '' : `${this.scheme}://`;
    return `${scheme}${servers.join(',')}${encodedTail(this.path + this.#query)}`;
  }

  /** Returns the value of the query parameter `name`. Some drivers accept a password there. */
  revealParameter(name: string): string | undefined {
    return new URLSearchParams(this.#query).get(name) ?? undefined;
  }

  toString(): string {
    return this.describe;
  }

  toJSON(): string {
    return this.describe;
  }
}

/** @throws the error that `rules.refuse` creates */
export function readServiceUrl(text: string, rules: UrlRules): ServiceUrl {
  const whole = text.trim();
  if (/[\p{Cc}\p{Surrogate}]/u.test(whole)) {
    throw rules.refuse('has a line end, another control character or half a character in it');
  }
  if (rules.isServerList !== true) return new ServiceUrl(readSingle(whole, rules));
  // a comma before another scheme separates servers, whatever the passwords contain
  const pieces = whole.split(/,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i).map((piece) => readGroup(piece.trim(), rules));
  const credentials = pieces.map((piece) => piece.credentials).find((found) => found !== undefined);
  return new ServiceUrl({ scheme: '', servers: pieces.flatMap(({ servers }) => servers), credentials, tail: '' });
}

function readSingle(text: string, rules: UrlRules): Piece {
  const { scheme, rest } = splitScheme(text, rules);
  if (scheme === undefined) throw rules.refuse('is no URL: it begins with no scheme');
  return { scheme, ...readOne(rest, rules) };
}

/** Reads servers that share a scheme, or have none. */
function readGroup(text: string, rules: UrlRules): Omit<Piece, 'scheme'> {
  const { scheme, rest } = splitScheme(text, rules);
  const group = readList(rest, rules);
  return scheme === undefined ? group : { ...group, servers: group.servers.map((server) => `${scheme}://${server}`) };
}

function splitScheme(text: string, rules: UrlRules): { readonly scheme: string | undefined; readonly rest: string } {
  const found = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text);
  if (found === null) return { scheme: undefined, rest: text };
  const [, written = '', rest = ''] = found;
  const scheme = written.toLowerCase();
  if (rules.schemes.includes(scheme)) return { scheme, rest };
  const wanted = rules.schemes.map((name) => `${name}://`).join(' or ');
  throw rules.refuse(`begins with "${scheme}://" instead of ${wanted}`);
}

/** Reads a Postgres or Redis URL: one server, a path, a query. */
function readOne(rest: string, rules: UrlRules): Omit<Piece, 'scheme'> {
  const [authority, tail] = cut(rest);
  const at = authority.lastIndexOf('@');
  if (!tail.includes('@'))
    return pieceOf(at === -1 ? undefined : authority.slice(0, at), authority.slice(at + 1), tail, rules);
  // "user:pa/ss@host": the part before "/" cannot be a host, and there is only one "@"
  if (at === -1 && !isServer(authority) && rest.indexOf('@') === rest.lastIndexOf('@')) {
    const only = rest.indexOf('@');
    return pieceOf(rest.slice(0, only), ...cut(rest.slice(only + 1)), rules);
  }
  throw rules.refuse(`cannot be read without doubt, because of an "@" after a "/", "?" or "#": ${encodingsIn}`);
}

/** Reads a NATS URL: nothing follows the servers, so everything before the last "@" is user and password. */
function readList(rest: string, rules: UrlRules): Omit<Piece, 'scheme'> {
  const at = rest.lastIndexOf('@');
  const info = at === -1 ? undefined : rest.slice(0, at);
  if (info?.includes(',') !== true) return pieceOf(info, rest.slice(at + 1), '', rules);
  const entries = rest.split(',').map((entry) => splitEntry(entry.trim()));
  if (!entries.every(({ server }) => isServer(server))) return pieceOf(info, rest.slice(at + 1), '', rules);
  const [first] = entries;
  if (entries.every((entry) => entry.info === first?.info)) {
    return pieceOf(first?.info, entries.map(({ server }) => server).join(','), '', rules);
  }
  const advice = 'if it separates servers, write user and password before the first one, or a scheme before each';
  throw rules.refuse(`cannot be read without doubt, because of a "," before an "@": ${encodingsIn}; ${advice}`);
}

const encodingsIn = `in user and password ${encodings}`;

function pieceOf(info: string | undefined, hosts: string, tail: string, rules: UrlRules): Omit<Piece, 'scheme'> {
  const servers =
    rules.isServerList === true ? hosts.split(',').map((host) => host.trim().replace(/\/$/, '')) : [hosts];
  for (const server of servers) {
    if (server === '' && (rules.isServerList === true || !/[?&]host=./.test(tail))) throw rules.refuse('names no host');
    if (server !== '' && !isServer(server))
      throw rules.refuse(`cannot be read: a server is written host:port; ${encodingsIn}`);
  }
  return { servers, credentials: info === undefined ? undefined : credentialsOf(info, rules), tail };
}

function credentialsOf(info: string, rules: UrlRules): Credentials {
  const colon = info.indexOf(':');
  const [user, password] = colon === -1 ? [info, undefined] : [info.slice(0, colon), info.slice(colon + 1)];
  return { user: decoded(user, rules), password: password === undefined ? undefined : decoded(password, rules) };
}

/** Splits before the first "/", "?" or "#". */
function cut(text: string): readonly [string, string] {
  const end = text.search(/[/?#]/);
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end)];
}

function splitEntry(entry: string): { readonly info: string | undefined; readonly server: string } {
  const at = entry.lastIndexOf('@');
  return { info: at === -1 ? undefined : entry.slice(0, at), server: entry.slice(at + 1) };
}

const serverPattern = /^(?:\[[0-9a-f:.%]+\]|[^\s:@/?#[\],]+)(?::(\d{1,5}))?$/i;

function isServer(text: string): boolean {
  const found = serverPattern.exec(text);
  return found !== null && Number(found[1] ?? 0) <= 65_535;
}

/** Decodes escapes; a "%" that begins no escape stands for itself. */
function decoded(text: string, rules: UrlRules): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      throw rules.refuse('has escapes in user or password that are no UTF-8: "%" itself is written %25');
    }
  });
}

const encodedTail = (tail: string): string =>
  tail.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/[\s"<>`{}\\^|]|\P{ASCII}+/gu, (found) => encodeURI(found));
