/** The door of a node: HTTP for health, metrics and intents; NATS for intents. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../core/clock.ts';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { systemRandom } from '../core/random.ts';
import { uuidv7Maker } from '../core/uuid.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { Node } from '../node/node.ts';
import { compileGateway, type GatewayOptions, type SharedBucket } from './gateway-options.ts';
import { errorAnswer, type HttpAnswer } from './http-answer.ts';
import { type RouteParts, route } from './http-routes.ts';
import { Idempotency } from './idempotency.ts';
import { Ingress } from './ingress.ts';
import { type IngressBucket, LocalBucket } from './ingress-bucket.ts';
import { serveNats } from './nats-ingress.ts';
import { NodeMetrics } from './node-metrics.ts';

/** The port is taken, or the address is not one of this machine. */
export class GatewayAddressError extends ParleyError {
  constructor(host: string, port: number, cause: unknown) {
    super('PARLEY_GATEWAY_ADDRESS', `the gateway cannot listen on ${host}:${port}: ${reasonOf(cause)}`, { cause });
  }
}

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests; those under way are answered. */
  stop(): Promise<void>;
}

const open: IngressBucket = { take: () => 0, isShared: false };
const requestMs = 60_000;
const mostConnections = 1_024;

/** @throws InvalidOptionError, GatewayAddressError */
export async function startGateway(
  node: Node,
  options: GatewayOptions = {},
  clock: Clock = systemClock,
): Promise<Gateway> {
  const { host, port, token, ingress: rule, nats, sharedBucket } = compileGateway(options);
  const bucket = rule === undefined ? open : bucketOf(rule, clock, sharedBucket);
  const metrics = new NodeMetrics(node, bucket);
  const newId = uuidv7Maker(clock, systemRandom);
  const idempotency = new Idempotency(node.place.transport.requests);
  const ingress = new Ingress({ node, bucket, idempotency, newId, anonymous: 'client/http' });
  const parts: RouteParts = { node, ingress, token, metrics: () => metrics.read() };
  let stopping = false;
  const server = createServer((request, response) => void answer(parts, request, response, () => stopping));
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs;
  server.maxConnections = mostConnections;
  await listen(server, host, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const stopServing = nats ? await serveNats(node, ingress) : () => undefined;
  const stop = async (): Promise<void> => {
    stopping = true;
    metrics.stop();
    stopServing();
    server.closeIdleConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, stop, [Symbol.asyncDispose]: stop };
}

function bucketOf(rule: BucketRule, clock: Clock, shared: SharedBucket | undefined): IngressBucket {
  const local = new LocalBucket(clock, rule);
  return shared?.(rule, local) ?? local;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new GatewayAddressError(host, port, cause)));
    server.listen(port, host, () => resolve());
  });
}

/** @param isStopping then a connection is closed with its answer: whoever sends on and on would keep the server open */
async function answer(
  parts: RouteParts,
  request: IncomingMessage,
  response: ServerResponse,
  isStopping: () => boolean,
): Promise<void> {
  let given: HttpAnswer;
  try {
    given = await route(parts, request);
  } catch (error) {
    given = errorAnswer(error);
  }
  // what was not read of a refused body would be read as the next request
  if (!request.complete || isStopping()) response.shouldKeepAlive = false;
  response.writeHead(given.status, given.headers).end(given.body);
  if (!request.complete) response.once('finish', () => request.destroy());
}
