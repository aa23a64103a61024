/**
 * A process that serves an app until it is asked to stop.
 *
 * starting ──serves──▶ ready ──SIGTERM, SIGINT──▶ draining ──▶ releasing ──▶ ended (0)
 *    │ └ SIGTERM, SIGINT ──▶ what was begun ends ──▶ ended (0)       │
 *    └ what no retry cures ──▶ ended (1)      └──────────────────────┴ the second signal, or too late ──▶ ended (1), at once
 *
 * It ends within the drain time plus two seconds, even if parts do not answer: each part has a time limit to close, and so have
 * all of them together.
 */
import { type Clock, systemClock, type Timer, within } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { readCalls } from '../core/stack.ts';
import { findNatsServer, startNatsServer } from '../embedded/index.ts';
import { compileGateway } from '../gateway/gateway-options.ts';
import { type GatewayOptions, startGateway } from '../gateway/index.ts';
import { poolFill } from '../inspect/index.ts';
import type { App } from '../node/app.ts';
import { type Node, startNode } from '../node/node.ts';
import type { NodePlace } from '../node/node-calls.ts';
import type { NodeObserver } from '../node/observer.ts';
import { pinoLogger } from '../node/pino-logger.ts';
import type { Transport } from '../transport/index.ts';
import { type ConnectionSettings, connectJetStream, withoutSecrets } from '../transport/jetstream/index.ts';
import type { DaemonConfig } from './daemon-config.ts';
import { daemonOutput, type SayEvent } from './daemon-output.ts';
import { openShared, withShared } from './daemon-redis.ts';
import { exitCodes } from './exit-codes.ts';
import { outliveReader } from './output.ts';
import { externalServer, inboxesOf } from './settings.ts';
import { type StopSignals, stopSignals } from './stop-signals.ts';

/** The time for one part to close, or to report what it holds, after the node has stopped. */
const closeMs = 300;
/** The time for an aborted search or start to end; a server that takes longer is ended by its guard. */
const giveUpMs = 1_000;
/** The time for everything after the drain. */
const releaseMs = 1_800;

/** Replacements for tests: the clock, and a layer between the node and its store. */
export interface DaemonSeams {
  readonly clock?: Clock;
  readonly through?: (transport: Transport) => Transport;
  /** Observes the node from its start. */
  readonly observer?: NodeObserver;
}

export async function runDaemon(app: App, config: DaemonConfig, seams: DaemonSeams = {}): Promise<void> {
  // the ten calls that are usual may all be the runtime's
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, readCalls);
  const { clock = systemClock, through = (transport: Transport): Transport => transport } = seams;
  const log = pinoLogger(config.log);
  const say = daemonOutput(config.json === true);
  const door = gatewayOptions(config);
  compileGateway(door);
  outliveReader();
  using signals = stopSignals(() => process.exit(exitCodes.failed));
  using limit = new StopLimit();
  const shared = await openShared(config, log);
  await using _shared = closing(log, 'Redis', shared);
  const server = await serverUnlessStopped(config, signals, { log, say });
  if (server === undefined) return;
  await using _server = closing(log, 'the embedded nats-server', server);
  const { mesh, limits = {} } = config;
  const transport = await connectJetStream({
    ...server.connection,
    mesh,
    clock,
    whenUnavailable: 'wait',
    ...(limits.replicas === undefined ? {} : { replicas: limits.replicas }),
  });
  await using _transport = closing(log, 'the connection to nats-server', transport);
  const { egress, intake, partitions } = config;
  const giveUp = new AbortController();
  const starting = startNode(withShared(app, shared), {
    transport: through(transport),
    mesh,
    clock,
    log,
    limits,
    start: 'background',
    dataDir: config.data,
    signal: giveUp.signal,
    ...(seams.observer === undefined ? {} : { observer: seams.observer }),
    ...(egress === undefined ? {} : { egress }),
    ...(intake === undefined ? {} : { intake }),
    ...(partitions === undefined ? {} : { partitions }),
  });
  const node = await unlessStopped(starting, giveUp, signals, { log, say });
  if (node === undefined) return;
  try {
    const gateway = await startGateway(node, { ...door, ...shared.gateway }, clock);
    await using _gateway = closing(log, 'the gateway', gateway);
    const text = `mesh "${mesh}" on ${server.describe}; health, metrics and intents at ${gateway.url}`;
    say('open', text, { mesh, server: server.describe, url: gateway.url });
    await serve(node, signals, { log, say, limit, drainMs: config.drainMs });
  } finally {
    await node.stop({ drainMs: 0 });
  }
}

/** Selects the options of the gateway; `compileGateway` checks them before anything starts. */
export function gatewayOptions({ host, port, token, hosts, origins, ingress }: DaemonConfig): GatewayOptions {
  return {
    host,
    port,
    ...(token === undefined ? {} : { token }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(origins === undefined ? {} : { origins }),
    ...(ingress === undefined ? {} : { ingress }),
  };
}

/** Wraps a part so that its disposal waits no longer than `closeMs`: an open part ends with the process. */
function closing(log: Logger, what: string, part: AsyncDisposable): AsyncDisposable {
  const close = async (): Promise<true> => {
    try {
      await part[Symbol.asyncDispose]();
    } catch (error) {
      log.warn({ what, reason: reasonOf(error) }, 'could not be closed: it ends with the process');
    }
    return true;
  };
  return {
    async [Symbol.asyncDispose]() {
      const closed = await within(systemClock, closeMs, close());
      if (closed === undefined) log.warn({ what, ms: closeMs }, 'did not close in time: it ends with the process');
    },
  };
}

/** Ends the process when stopping takes too long; disposed of after everything is closed. */
class StopLimit implements Disposable {
  #timer: Timer | undefined;

  begin(drainMs: number, log: Logger): void {
    this.#timer = systemClock.after(drainMs + releaseMs, () => {
      log.error({ drainMs, releaseMs }, 'stopping takes too long: the process ends now');
      process.exit(exitCodes.failed);
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }
}

interface Output {
  readonly log: Logger;
  readonly say: SayEvent;
}

interface Serving extends Output {
  readonly limit: StopLimit;
  readonly drainMs: number;
}

async function serve(node: Node, { asked }: StopSignals, { log, say, limit, drainMs }: Serving): Promise<void> {
  const started = node.started.then(() => {
    const { place, standing } = node;
    const isStandby = standing?.kind === 'standing_by';
    const does = isStandby ? `stands by for node "${standing.owner}", which serves` : 'serves';
    say('ready', `ready: ${node.id} ${does} pool "${place.pool}"`, {
      node: node.id,
      pool: place.pool,
      standby: isStandby,
    });
    sayReady();
    return asked;
  });
  const signal = await Promise.race([asked, started]);
  say('draining', `${signal}: draining for at most ${drainMs / 1000} s`, { signal });
  limit.begin(drainMs, log);
  await node.stop({ drainMs });
  say('stopped', `stopped: ${await leftIn(node.place)}, ${node.abandonedSends} sends without an answer`);
}

/** Reports what the store still holds; the memory of the node is empty by then. */
async function leftIn({ transport, pool }: NodePlace): Promise<string> {
  const left = transport.isConnected ? await within(systemClock, closeMs, poolFill(transport.pools, pool)) : undefined;
  if (left === undefined) return 'the store does not say how many intents are left in the pool';
  return `${left.messages} intents left in the pool`;
}

/** Reports readiness to a parent that forked this process; ignores a parent that has ended. */
function sayReady(): void {
  if (process.connected) process.send?.('ready', undefined, undefined, () => undefined);
}

interface OpenServer extends AsyncDisposable {
  readonly connection: ConnectionSettings;
  readonly describe: string;
}

/** Starts the server; `undefined` when a signal came first. */
async function serverUnlessStopped(
  config: DaemonConfig,
  signals: StopSignals,
  output: Output,
): Promise<OpenServer | undefined> {
  const giveUp = new AbortController();
  return unlessStopped(openServer(config, giveUp.signal, output.say), giveUp, signals, output);
}

/** Waits for a start; when a signal comes first, gives it up and closes what it opened. */
async function unlessStopped<T extends AsyncDisposable>(
  starting: Promise<T>,
  giveUp: AbortController,
  { asked }: StopSignals,
  { log, say }: Output,
): Promise<T | undefined> {
  const signal = await Promise.race([asked, starting.then(() => undefined)]);
  if (signal === undefined) return starting;
  say('stopped', `${signal}: stopped before it served`, { signal });
  giveUp.abort();
  const closed = starting.then(
    (part) => part[Symbol.asyncDispose](),
    (error: unknown) => log.debug({ reason: reasonOf(error) }, 'the start is given up'),
  );
  const ended = await within(
    systemClock,
    giveUpMs,
    closed.then(() => true),
  );
  if (ended === undefined) log.warn({ ms: giveUpMs }, 'the start did not end in time: it ends with the process');
  return undefined;
}

/** Opens the named server, or an embedded one that keeps its store. */
async function openServer({ nats, data, mesh }: DaemonConfig, signal: AbortSignal, say: SayEvent): Promise<OpenServer> {
  const name = `parley run ${mesh}`;
  const external = nats === undefined ? undefined : externalServer(process.env, name, nats);
  if (external !== undefined) {
    const describe = `nats-server at ${withoutSecrets(external.url)}`;
    return { connection: external, describe, [Symbol.asyncDispose]: async () => undefined };
  }
  const found = await findNatsServer({ say: (line) => say('searching', line), signal });
  const log = pinoLogger('warn');
  const { path: binary, version } = found;
  const server = await startNatsServer({ binary, version, dataDir: data, mesh, log, signal });
  return {
    connection: { url: server.url, name, ...inboxesOf(process.env) },
    describe: `nats-server ${version} of its own at ${server.url.describe}`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
