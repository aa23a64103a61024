/** What the gateway answers, by method and path. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { MessageHeaders } from '../core/delivery.ts';
import { intentLimits } from '../core/intent.ts';
import { tracedPart } from '../core/tracing.ts';
import type { Node } from '../node/node.ts';
import { RequestError, UnauthorizedError } from './gateway-errors.ts';
import { type HttpAnswer, json } from './http-answer.ts';
import { readJson } from './http-body.ts';
import type { Ingress } from './ingress.ts';
import { readTicketId } from './ticket-id.ts';
import { ticketState } from './ticket-state.ts';

export interface RouteParts {
  readonly node: Node;
  readonly ingress: Ingress;
  readonly token: string | undefined;
  /** Metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

const intents = '/v1/intents';

export async function route(parts: RouteParts, request: IncomingMessage): Promise<HttpAnswer> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const at = `${request.method} ${path}`;
  if (at === 'GET /healthz') return json(200, parts.node.health);
  if (at === 'GET /readyz') return json(parts.node.health.ready ? 200 : 503, parts.node.health);
  checkToken(parts.token, request.headers.authorization);
  if (at === 'GET /metrics') return metrics(parts);
  if (at === `POST ${intents}`) return accept(parts, request);
  if (request.method === 'GET' && path.startsWith(`${intents}/`)) {
    const place = readTicketId(path.slice(intents.length + 1));
    return json(200, await ticketState(parts.node.place.transport, place));
  }
  throw unknown(path, request.method);
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

/** Compared by hash: the time that it takes says nothing of the token. @throws UnauthorizedError */
function checkToken(token: string | undefined, header: string | undefined): void {
  if (token === undefined) return;
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '';
  const [a, b] = [hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer')];
  if (!timingSafeEqual(a, b)) throw new UnauthorizedError();
}

const known: Readonly<Record<string, string>> = {
  '/healthz': 'GET',
  '/readyz': 'GET',
  '/metrics': 'GET',
  [intents]: 'POST',
};

function unknown(path: string, method: string | undefined): RequestError {
  const allowed = known[path];
  if (allowed !== undefined) return new RequestError(405, 'PARLEY_METHOD', `${path} takes ${allowed}, not ${method}`);
  return new RequestError(
    404,
    'PARLEY_NO_SUCH_PATH',
    `there is no ${path}: there are ${Object.keys(known).join(', ')}`,
  );
}
