/**
 * A process that serves an app until it is told to stop.
 *
 * starting ──serves──▶ ready ──SIGTERM, SIGINT──▶ draining ──▶ ended (0)
 *    └ what no retry cures ──▶ ended (1)              └ the second signal ──▶ ended (1), at once
 */
import type { Logger } from '../core/logger.ts';
import { findNatsServer, startNatsServer } from '../embedded/index.ts';
import { compileGateway } from '../gateway/gateway-options.ts';
import { type GatewayOptions, startGateway } from '../gateway/index.ts';
import type { App } from '../node/app.ts';
import { type Node, startNode } from '../node/node.ts';
import { pinoLogger } from '../node/pino-logger.ts';
import { type ConnectionSettings, connectJetStream, withoutSecrets } from '../transport/jetstream/index.ts';
import type { DaemonConfig } from './daemon-config.ts';
import { print } from './open-mesh.ts';
import { externalServer, inboxesOf } from './settings.ts';

export async function runDaemon(app: App, config: DaemonConfig): Promise<void> {
  const log = pinoLogger(config.log);
  const door = gatewayOptions(config);
  compileGateway(door);
  await using shared = await openShared(config, log);
  await using server = await openServer(config);
  const { mesh, limits = {} } = config;
  await using transport = await connectJetStream({
    ...server.connection,
    mesh,
    whenUnavailable: 'wait',
    ...(limits.replicas === undefined ? {} : { replicas: limits.replicas }),
  });
  const { egress, intake, partitions } = config;
  const node = await startNode(app, {
    transport,
    mesh,
    log,
    limits,
    start: 'background',
    ...(egress === undefined ? {} : { egress }),
    ...(intake === undefined ? {} : { intake }),
    ...(partitions === undefined ? {} : { partitions }),
  });
  try {
    await using gateway = await startGateway(node, { ...door, ...shared.gateway });
    print(`mesh "${mesh}" on ${server.describe}; health, metrics and intents at ${gateway.url}`);
    await serve(node, config.drainMs, app.pool ?? 'main');
  } finally {
    await node.stop({ drainMs: 0 });
  }
}

/** Checked before anything is started. */
function gatewayOptions({ host, port, token, hosts, origins, ingress }: DaemonConfig): GatewayOptions {
  return {
    host,
    port,
    ...(token === undefined ? {} : { token }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(origins === undefined ? {} : { origins }),
    ...(ingress === undefined ? {} : { ingress }),
  };
}

async function serve(node: Node, drainMs: number, pool: string): Promise<void> {
  const asked = askedToStop();
  const started = node.started.then(() => {
    print(`ready: ${node.id} serves pool "${pool}"`);
    process.send?.('ready');
    return asked.promise;
  });
  try {
    const signal = await Promise.race([asked.promise, started]);
    print(`${signal}: draining for at most ${drainMs / 1000} s`);
    await node.stop({ drainMs });
    const { held, sending } = node.counts;
    print(`stopped: ${held} intents left for whoever serves the pool next, ${sending} sends without an answer`);
  } finally {
    asked.forget();
  }
}

interface AskedToStop {
  readonly promise: Promise<string>;
  readonly forget: () => void;
}

/** The second signal ends the process: whoever sends it does not want to wait. */
function askedToStop(): AskedToStop {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  let asked = false;
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  const promise = new Promise<string>((resolve) => {
    stop = (signal) => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
  });
  for (const signal of signals) process.on(signal, stop);
  return {
    promise,
    forget: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

interface OpenShared extends AsyncDisposable {
  readonly gateway: Pick<GatewayOptions, 'sharedBucket'>;
}

/** What nodes share through Redis, when one is configured; its driver is loaded only then. */
async function openShared({ redis: url, mesh }: DaemonConfig, log: Logger): Promise<OpenShared> {
  if (url === undefined) return { gateway: {}, [Symbol.asyncDispose]: async () => undefined };
  const { connectRedis, redisBucket } = await import('../redis/index.ts');
  const redis = connectRedis(url, log);
  print(`ingress buckets are shared through ${redis.describe}`);
  return {
    gateway: { sharedBucket: redisBucket({ redis, mesh, log }) },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

interface OpenServer extends AsyncDisposable {
  readonly connection: ConnectionSettings;
  readonly describe: string;
}

/** The server that is named, or one of our own that keeps what it stored. */
async function openServer({ nats, data, mesh }: DaemonConfig): Promise<OpenServer> {
  const name = `parley run ${mesh}`;
  const external = nats === undefined ? undefined : externalServer(process.env, name, nats);
  if (external !== undefined) {
    const describe = `nats-server at ${withoutSecrets(external.url)}`;
    return { connection: external, describe, [Symbol.asyncDispose]: async () => undefined };
  }
  const found = await findNatsServer({ say: print });
  const log = pinoLogger('warn');
  const server = await startNatsServer({ binary: found.path, version: found.version, dataDir: data, mesh, log });
  return {
    connection: { url: server.url, name, ...inboxesOf(process.env) },
    describe: `nats-server ${found.version} of its own at ${server.url.describe}`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
