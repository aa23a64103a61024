/** The routes of the gateway, by method and path. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { MessageHeaders } from '../core/delivery.ts';
import { intentLimits } from '../core/intent.ts';
import { tracedPart } from '../core/tracing.ts';
import { ticketState } from '../inspect/index.ts';
import type { Node } from '../node/node.ts';
import { RequestError, UnauthorizedError } from './gateway-errors.ts';
import { type HttpAnswer, json, noContent } from './http-answer.ts';
import { checkAnnounced, readJson } from './http-body.ts';
import { type GuardRules, guard } from './http-guard.ts';
import { readTarget } from './http-target.ts';
import type { Ingress } from './ingress.ts';
import type { Tickets } from './ticket-id.ts';

export interface RouteParts {
  readonly node: Node;
  readonly ingress: Ingress;
  readonly tickets: Tickets;
  readonly token: string | undefined;
  readonly guard: GuardRules;
  /** Returns metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** Needs no token. */
  readonly isOpen?: boolean;
  readonly answer: (parts: RouteParts, request: IncomingMessage, path: string) => HttpAnswer | Promise<HttpAnswer>;
}

const intents = '/v1/intents';
const oneIntent: Route = { method: 'GET', answer: ticket };
const routes: Readonly<Record<string, Route>> = {
  '/healthz': { method: 'GET', isOpen: true, answer: ({ node }) => json(200, node.health) },
  '/readyz': { method: 'GET', isOpen: true, answer: ({ node }) => json(node.health.ready ? 200 : 503, node.health) },
  '/metrics': { method: 'GET', answer: metrics },
  [intents]: { method: 'POST', answer: accept },
};

/** Routes a request, HEAD and OPTIONS too (RFC 9110, section 9.3). @throws RequestError, UnauthorizedError; errors of the routes */
export async function route(parts: RouteParts, request: IncomingMessage): Promise<HttpAnswer> {
  checkAnnounced(request, intentLimits.bytes);
  const { headers, socket, method = '' } = request;
  const { path, authority } = readTarget(request.url ?? '/', onlyHost(request));
  const { origin } = headers;
  guard(parts.guard, {
    authority,
    origin,
    fetchSite: one(headers['sec-fetch-site']),
    fetchMode: one(headers['sec-fetch-mode']),
    method,
    localAddress: socket.localAddress,
  });
  const answered = await routed(parts, request, path, method);
  return origin === undefined ? answered : { ...answered, headers: { ...answered.headers, ...sharedWith(origin) } };
}

async function routed(parts: RouteParts, request: IncomingMessage, path: string, method: string): Promise<HttpAnswer> {
  if (path === '*' && method === 'OPTIONS') return noContent({ allow: 'GET, HEAD, POST, OPTIONS' });
  const found = Object.hasOwn(routes, path) ? routes[path] : path.startsWith(`${intents}/`) ? oneIntent : undefined;
  if (found === undefined) throw noSuchPath(path);
  const allow = found.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
  if (method === 'OPTIONS') return noContent({ allow, ...preflight(request, allow) });
  if (method !== found.method && !(method === 'HEAD' && found.method === 'GET')) {
    throw new RequestError(405, 'PARLEY_METHOD', `${path} takes ${allow}, not ${method}`, { allow });
  }
  if (found.isOpen !== true) checkToken(parts.token, request.headers.authorization);
  return found.answer(parts, request, path);
}

async function ticket({ node, tickets }: RouteParts, _request: IncomingMessage, path: string): Promise<HttpAnswer> {
  const place = await tickets.read(path.slice(intents.length + 1));
  return json(200, await ticketState(node.place.transport, place));
}

async function accept({ node, ingress }: RouteParts, request: IncomingMessage): Promise<HttpAnswer> {
  const key = request.headers['idempotency-key'];
  const document = await readJson(request, intentLimits.bytes);
  const idempotency = typeof key === 'string' ? { idempotencyKey: key } : {};
  const { tracing } = node.place;
  const traced = tracing.arrive(`POST ${intents}`, headersNamed(tracing.fields, request));
  const { accepted, replayed } = await tracedPart(traced, () => ingress.accept({ document, ...idempotency }));
  const headers = { location: `${intents}/${accepted.ticket}`, ...(replayed ? { 'idempotent-replayed': 'true' } : {}) };
  return json(202, accepted, headers);
}

function headersNamed(names: readonly string[], { headers }: IncomingMessage): MessageHeaders {
  return Object.fromEntries(names.flatMap((name) => [headers[name] ?? []].flat().map((value) => [name, value])));
}

async function metrics(parts: RouteParts): Promise<HttpAnswer> {
  const { type, text } = await parts.metrics();
  return { status: 200, headers: { 'content-type': type }, body: text };
}

/** Checks the token by its hash, so that timing reveals nothing about the token. @throws UnauthorizedError */
function checkToken(token: string | undefined, header: string | undefined): void {
  if (token === undefined) return;
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '';
  const [a, b] = [hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer')];
  if (!timingSafeEqual(a, b)) throw new UnauthorizedError();
}

/** Answers the preflight of a page of a listed origin (Fetch standard, "CORS protocol"). */
function preflight({ headers }: IncomingMessage, allow: string): Readonly<Record<string, string>> {
  if (headers.origin === undefined || headers['access-control-request-method'] === undefined) return {};
  return {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, traceparent, tracestate',
    'access-control-max-age': '600',
  };
}

const sharedWith = (origin: string): Readonly<Record<string, string>> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'location, retry-after, idempotent-replayed',
  vary: 'origin',
});

/** Returns the only host. @throws RequestError for several: a proxy might believe another one (RFC 9112, section 3.2) */
function onlyHost({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host');
  if (hosts.length > 1) throw new RequestError(400, 'PARLEY_HOST', 'the request names its host more than once');
  return headers.host;
}

const one = (header: string | string[] | undefined): string | undefined => [header].flat()[0];

const noSuchPath = (path: string): RequestError =>
  new RequestError(404, 'PARLEY_NO_SUCH_PATH', `there is no ${path}: there are ${Object.keys(routes).join(', ')}`);
