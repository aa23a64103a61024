/** The connection to nats-server: opened once, reconnecting until it is closed; refuses servers that lose messages. */
import { type ConnectionOptions, connect, DebugEvents, Events, type NatsConnection } from 'nats';
import { Backoff, type BackoffRule } from '../../core/backoff.ts';
import { reasonOf } from '../../core/errors.ts';
import { type Random, systemRandom } from '../../core/random.ts';
import { compileInboxes } from '../inbox-prefix.ts';
import type { TransportStatus } from '../transport.ts';
import { PermissionRefusedError, ServerTooOldError } from '../transport-errors.ts';
import { type ConnectionProblems, refusalKey } from './connection-problems.ts';
import { type ConnectionSettings, serversOf, withoutSecrets } from './connection-settings.ts';
import { type GuardedConnection, guardConnection } from './guarded-connection.ts';
import { explainConnect, isLockedOut, type RefusedSubject } from './refusals.ts';
import { credentialsFile, tlsOptions } from './secret-files.ts';
import { olderThan, type ServerVersion } from './server-version.ts';
import { endSilentSockets } from './silent-sockets.ts';

/** Servers before this one answer a repeated publish of a refused message with success and store nothing. */
const oldestServer: ServerVersion = [2, 12];

/** Dead peers are noticed after two missed pings: the client's default of 2 minutes would hide one for 4 to 6. */
const pingIntervalMs = 5_000;

/** Time for a server to accept, greet and authenticate: a service that is not nats-server would never do so. */
const greetingMs = 5_000;

/** A restarted server is back within a fraction of a second; an unavailable one is dialled every second on average. */
const reconnectRule: BackoffRule = { initialIntervalMs: 100, maxIntervalMs: 2_000 };

export interface OpenOptions {
  /** The mesh, whose subjects are not inboxes. */
  readonly mesh?: string;
  /** Receives faults of credentials and TLS files. */
  readonly problems?: ConnectionProblems;
  readonly random?: Random;
}

/** @throws InvalidOptionError, TransportUnavailableError, AccessRefusedError, ServerTooOldError */
export async function openConnection(settings: ConnectionSettings, open: OpenOptions = {}): Promise<GuardedConnection> {
  const { mesh, problems, random = systemRandom } = open;
  const inboxes = compileInboxes(settings, mesh);
  const where = withoutSecrets(settings.url);
  const pace = new DialPace(random);
  const options = { ...connectionOptions(settings, where, problems, random, pace), inboxPrefix: inboxes.prefix };
  endSilentSockets();
  let connection: NatsConnection;
  try {
    connection = await connect(options);
  } catch (cause) {
    throw explainConnect(where, cause, greetingMs);
  }
  void pace.follow(connection);
  const version = connection.info?.version ?? '0';
  if (olderThan(version, oldestServer)) {
    await connection.close();
    throw new ServerTooOldError(version, oldestServer.join('.'));
  }
  return guardConnection(connection, {
    inboxes,
    failed: (subject, error) => callbackFailed(problems, subject, error),
    retried: (operation, subject) => problems?.retried(operation, subject),
  });
}

/** Without a listener for problems, the process ends as with any unexpected error. */
function callbackFailed(problems: ConnectionProblems | undefined, subject: string, error: unknown): void {
  if (problems === undefined) {
    queueMicrotask(() => {
      throw error;
    });
  } else problems.refused(`message ${subject}`, `a message on "${subject}" could not be read: ${reasonOf(error)}`);
}

function connectionOptions(
  { url, name, credentials, tls }: ConnectionSettings,
  where: string,
  problems: ConnectionProblems | undefined,
  random: Random,
  pace: DialPace,
): ConnectionOptions {
  const { servers, ...who } = serversOf(url);
  const wantsTls = tls !== undefined || servers.some((server) => server.startsWith('tls://'));
  return {
    ...who,
    servers: dialOrder(servers, random),
    noRandomize: true,
    name,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => pace.waitMs,
    // otherwise two refusals in a row would close it permanently: the next try finds corrected credentials
    ignoreAuthErrorAbort: true,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
    timeout: greetingMs,
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
    ...(credentials === undefined ? {} : { authenticator: credentialsFile(credentials, where, problems) }),
    ...(wantsTls ? { tls: tlsOptions(tls ?? {}, problems) } : {}),
  };
}

/**
 * Returns the servers in a random order. Names each of several twice: the library removes a server that does not answer the first
 * connection from its list for ever, and would never try it again after the answering one is gone.
 */
function dialOrder(servers: readonly string[], random: Random): string[] {
  const shuffled = servers
    .map((server) => ({ server, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ server }) => server);
  return servers.length === 1 ? shuffled : [...shuffled, ...shuffled];
}

/** Waits between dials. The library asks for the wait before every look at its list, more often than it dials. */
class DialPace {
  readonly #backoff: Backoff;
  #waitMs: number;

  constructor(random: Random) {
    this.#backoff = new Backoff(random, reconnectRule);
    this.#waitMs = this.#backoff.nextMs();
  }

  get waitMs(): number {
    return this.#waitMs;
  }

  /** Resolves when the connection is closed. */
  async follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Reconnect) this.#backoff.reset();
      if (type === Events.Reconnect || type === DebugEvents.Reconnecting) this.#waitMs = this.#backoff.nextMs();
    }
  }
}

export interface ConnectionWatcher {
  changed(status: TransportStatus): void;
  /** The server refused a subject that this connection used. */
  refused(refused: RefusedSubject): void;
}

/** Reports changes of a connection and records its problems. Resolves when the connection is closed. */
export async function watchConnection(
  connection: NatsConnection,
  problems: ConnectionProblems,
  watcher: ConnectionWatcher,
): Promise<void> {
  for await (const { type, data, permissionContext } of connection.status()) {
    if (type === Events.Disconnect) watcher.changed('disconnected');
    if (type === Events.Reconnect) {
      problems.clear(accessKey);
      noteVersion(connection, problems);
      watcher.changed('connected');
    }
    if (type !== Events.Error) continue;
    if (permissionContext !== undefined) {
      const { operation, subject } = permissionContext;
      const refused = { operation: operation === 'publish' ? 'publish' : 'subscribe', subject } as const;
      problems.refused(refusalKey(operation, subject), new PermissionRefusedError(refused.operation, subject).message);
      watcher.refused(refused);
    } else if (isLockedOut(data)) {
      problems.report(
        accessKey,
        `nats-server at ${connection.getServer()} refuses the credentials of this connection (${data}); it is tried again`,
      );
    }
  }
}

const accessKey = 'access';

/** Checks the version at each reconnect: in a cluster that is upgraded server by server, the next server may be older. */
function noteVersion(connection: NatsConnection, problems: ConnectionProblems): void {
  const version = connection.info?.version ?? '0';
  if (olderThan(version, oldestServer)) {
    problems.report('version', new ServerTooOldError(version, oldestServer.join('.')).message);
  } else problems.clear('version');
}
