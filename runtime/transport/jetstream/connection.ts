/** The connection to nats-server: opened once, reconnecting for ever, and refusing servers that lose messages. */
import { readFile } from 'node:fs/promises';
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  ErrorCode,
  Events,
  type NatsConnection,
  NatsError,
} from 'nats';
import { reasonOf } from '../../core/errors.ts';
import { compileInboxes } from '../inbox-prefix.ts';
import type { TransportStatus } from '../transport.ts';
import { ServerTooOldError, TransportUnavailableError } from '../transport-errors.ts';
import { type ConnectionSettings, serversOf, withoutSecrets } from './connection-settings.ts';
import { type GuardedConnection, guardConnection } from './guarded-connection.ts';

/** Servers before this one answer a repeated publish of a refused message with success and store nothing. */
const oldestServer: readonly [number, number] = [2, 12];

/** Dead peers are noticed after two missed pings: the client's default of 2 minutes would hide one for 4 to 6. */
const pingIntervalMs = 5_000;

/** A restarted server is back within a fraction of a second; the library adds jitter. */
const reconnectWaitMs = 100;

/** @param mesh its own subjects are no inboxes. @throws InvalidOptionError, TransportUnavailableError, ServerTooOldError */
export async function openConnection(settings: ConnectionSettings, mesh?: string): Promise<GuardedConnection> {
  const inboxes = compileInboxes(settings, mesh);
  const options: ConnectionOptions = {
    ...serversOf(settings.url),
    name: settings.name,
    inboxPrefix: inboxes.prefix,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectWaitMs,
    reconnectJitter: 50,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
    timeout: 5_000,
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
  };
  if (settings.credentials !== undefined) {
    options.authenticator = credsAuthenticator(await readFile(settings.credentials));
  }
  if (settings.tls !== undefined) options.tls = settings.tls;
  let connection: NatsConnection;
  try {
    connection = await connect(options);
  } catch (cause) {
    throw new TransportUnavailableError(`connecting to ${withoutSecrets(settings.url)}`, explain(cause));
  }
  const version = connection.info?.version ?? '0';
  if (olderThan(version, oldestServer)) {
    await connection.close();
    throw new ServerTooOldError(version, oldestServer.join('.'));
  }
  return guardConnection(connection, inboxes);
}

/** Calls `listener` when the connection goes away or comes back. Its promise stays open: the library never ends that list. */
export async function watchStatus(
  connection: NatsConnection,
  listener: (status: TransportStatus) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === Events.Disconnect) listener('disconnected');
    if (status.type === Events.Reconnect) listener('connected');
  }
}

function olderThan(version: string, oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

function explain(cause: unknown): Error {
  const code = cause instanceof NatsError ? cause.code : undefined;
  if (code === ErrorCode.ConnectionRefused) {
    return new Error('connection refused: is nats-server running there?', { cause });
  }
  if (code === ErrorCode.AuthorizationViolation || code === ErrorCode.AuthenticationExpired) {
    return new Error('it refuses these credentials: look at user and password in the URL, or the .creds file', {
      cause,
    });
  }
  return cause instanceof Error ? cause : new Error(reasonOf(cause));
}
