/**
 * Refuses requests of web pages: a browser on the same machine sends requests for any page that it shows.
 *
 * - `Host`: refuses a page whose own name was pointed at this address (DNS rebinding), by the host name of its request.
 * - `Origin`, `Sec-Fetch-Site` (Fetch standard; W3C Fetch Metadata): refuses requests of pages of another site, unless their
 *   origin is listed.
 *
 * Decisions only: no I/O.
 */
import { isIP } from 'node:net';
import { RequestError } from './gateway-errors.ts';

export interface GuardRules {
  /** Accepted host names without port, besides loopback names and the gateway's own address. Lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Origins whose pages may call the gateway: `https://ops.example`. */
  readonly origins: ReadonlySet<string>;
}

/** The parts of a request that identify its source. */
export interface RequestSource {
  /** `host[:port]`. */
  readonly authority: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  readonly method: string;
  /** The address of this end of the connection. */
  readonly localAddress: string | undefined;
}

/** Refuses a request by its source. @throws RequestError */
export function guard(rules: GuardRules, source: RequestSource): void {
  const { authority, origin, fetchSite, fetchMode, method } = source;
  if (!answersTo(rules, source)) {
    throw new RequestError(
      421,
      'PARLEY_HOST',
      `the gateway does not answer for host ${JSON.stringify(authority)}: ask for a loopback address, or add the name to "hosts"`,
    );
  }
  if (origin !== undefined) {
    if (rules.origins.has(origin)) return;
    throw new RequestError(
      403,
      'PARLEY_ORIGIN',
      `pages of ${JSON.stringify(origin)} may not call the gateway: add the origin to "origins" if they may`,
    );
  }
  const fromPage = fetchSite === 'cross-site' || fetchSite === 'same-site';
  const isNavigation = fetchMode === 'navigate' && (method === 'GET' || method === 'HEAD');
  if (fromPage && !isNavigation) {
    throw new RequestError(403, 'PARLEY_ORIGIN', 'pages of other sites may not call the gateway');
  }
}

function answersTo({ hosts }: GuardRules, { authority, localAddress }: RequestSource): boolean {
  const host = hostOf(authority);
  if (host === undefined) return false;
  return isLoopback(host) || hosts.has(host) || (isIP(host) !== 0 && host === plain(localAddress ?? ''));
}

/** Strips port and brackets, in lower case; `undefined` for an invalid name or address. */
function hostOf(authority: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(authority);
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}

/** Whether a name or an address is of this machine only. `*.localhost` is loopback, too (RFC 6761, section 6.3). */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** Unwraps an IPv4 address that a dual-stack socket reports in IPv6 form. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
