/** Parses the target of a request (RFC 9112, section 3.2) into its path with its host. */
import { RequestError } from './gateway-errors.ts';

export interface HttpTarget {
  /** The path without the query. */
  readonly path: string;
  /** `host[:port]`, from the absolute form if the request uses it, else from the header `Host`. */
  readonly authority: string;
}

const absolute = /^http:\/\/([^/?#]*)([^?#]*)/i;

/**
 * Reads origin-form (`/path?query`), absolute-form (`http://host/path`) and asterisk-form (`*`).
 * @throws RequestError for any other form, or without a host
 */
export function readTarget(target: string, host: string | undefined): HttpTarget {
  const inFull = absolute.exec(target);
  const authority = inFull?.[1] ?? host ?? '';
  if (authority === '') throw new RequestError(400, 'PARLEY_HOST', 'the request names no host: send the header "Host"');
  if (inFull !== null) return { path: inFull[2] === '' ? '/' : (inFull[2] ?? '/'), authority };
  if (target === '*') return { path: '*', authority };
  if (!target.startsWith('/')) {
    throw new RequestError(400, 'PARLEY_NO_SUCH_PATH', 'the target of a request must be a path, such as /healthz');
  }
  return { path: target.split('?', 1)[0] ?? '/', authority };
}
