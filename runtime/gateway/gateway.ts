/** The entrance of a node for external clients: HTTP for health, metrics and intents; NATS for intents. */
import { type Clock, systemClock } from '../core/clock.ts';
import { needMethods } from '../core/options.ts';
import { systemRandom } from '../core/random.ts';
import { uuidv7Maker } from '../core/uuid.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { Node } from '../node/node.ts';
import { compileGateway, type GatewayOptions, type SharedBucket } from './gateway-options.ts';
import type { GuardRules } from './http-guard.ts';
import { type RouteParts, route } from './http-routes.ts';
import { startHttpServer } from './http-server.ts';
import { Idempotency } from './idempotency.ts';
import { Ingress } from './ingress.ts';
import { BoundedBucket, type IngressBucket, LocalBucket } from './ingress-bucket.ts';
import { serveNats } from './nats-ingress.ts';
import { NodeMetrics } from './node-metrics.ts';
import { Tickets } from './ticket-id.ts';

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Stops intake, answers the requests in progress, cuts connections that are silent or have sent half a request. */
  stop(): Promise<void>;
}

const open: IngressBucket = { take: () => 0, isShared: false };

/** Starts the gateway. @throws InvalidOptionError, GatewayAddressError */
export async function startGateway(
  node: Node,
  options: GatewayOptions = {},
  clock: Clock = systemClock,
): Promise<Gateway> {
  needMethods('node', node, ['tell', 'ask', 'observe']);
  const {
    host,
    port,
    token,
    hosts,
    origins,
    ingress: rule,
    ingressTotal,
    nats,
    sharedBucket,
  } = compileGateway(options);
  const each = rule === undefined ? open : bucketOf(rule, clock, sharedBucket);
  const bucket = ingressTotal === undefined ? each : new BoundedBucket(clock, ingressTotal, each);
  const metrics = new NodeMetrics(node, bucket);
  const newId = uuidv7Maker(clock, systemRandom);
  const idempotency = new Idempotency(node.place.transport.bucket('requests'), clock, node.place.sends);
  const tickets = new Tickets(node.place.mesh, node.place.secret);
  const ingress = new Ingress({ node, tickets, bucket, idempotency, newId, clock, anonymous: 'client/http' });
  const guard: GuardRules = { hosts, origins };
  const parts: RouteParts = { node, ingress, tickets, token, guard, metrics: () => metrics.read() };
  const server = await startHttpServer(host, port, (request) => route(parts, request), clock);
  const stopServing = nats ? await serveNats(node, ingress) : () => undefined;
  const stop = async (): Promise<void> => {
    metrics.stop();
    stopServing();
    await server.stop();
  };
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${server.port}`, port: server.port, stop, [Symbol.asyncDispose]: stop };
}

function bucketOf(rule: BucketRule, clock: Clock, shared: SharedBucket | undefined): IngressBucket {
  const local = new LocalBucket(clock, rule);
  return shared?.(rule, local) ?? local;
}
