/** A connection to Redis that fails fast: a command is rejected at once while Redis is away. */
import { Redis } from 'ioredis';
import { type Clock, systemClock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { needMethods } from '../core/options.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { explainRedis, meaningOf, RedisUnavailableError } from './redis-errors.ts';
import { redisUrl } from './redis-url.ts';

/** The time limit of an answer: a loopback takes 0.1 ms, a data centre 1 ms. A distant Redis gets more. */
const answerMs = 250;
/** The time limit until the distance of the server is known. */
const handshakeMs = 5_000;
const longestAnswerMs = 2_000;
const connectMs = 2_000;
const longestPauseMs = 2_000;
const replicaText = 'it is a replica and takes no writes';

export interface RedisConnection extends AsyncDisposable {
  readonly client: Redis;
  /** `redis://host:port`, without user and password. */
  readonly describe: string;
  /** Why Redis is away, as far as is known. */
  readonly obstacle: string | undefined;
  /** Checks whether a known obstacle still exists; sends nothing while there is none. */
  look(): Promise<void>;
  /** Asks Redis for its version. @throws RedisUnavailableError, RedisRefusedError within a few seconds */
  version(): Promise<string>;
}

/**
 * Starts to connect, and keeps reconnecting.
 * @param given `redis://` or `rediss://`
 * @throws ServiceUrlError
 */
export function connectRedis(given: string | ServiceUrl, log: Logger, clock: Clock = systemClock): RedisConnection {
  const url = redisUrl(given);
  needMethods('log', log, ['info', 'warn']);
  const describe = addressOf(url);
  const client = new Redis(url.revealUrl(), {
    connectTimeout: connectMs,
    commandTimeout: handshakeMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // the name may now resolve to the new primary
    reconnectOnError: (error) => /^-?(?:READONLY|UNBLOCKED)/.test(error.message),
    retryStrategy: (attempts) => Math.min(longestPauseMs, 50 * 2 ** Math.min(attempts, 10)),
  });
  hideSecrets(client, describe);
  let obstacle: string | undefined = 'not connected yet';
  const away = (reason: string): void => {
    if (obstacle !== reason) log.warn({ redis: describe, reason }, 'Redis is away');
    obstacle = reason;
  };
  let connectedAt = 0;
  client.on('connect', () => {
    connectedAt = clock.monotonic();
  });
  client.on('error', (error) => away(meaningOf(error)?.text ?? reasonOf(error)));
  client.on('close', () => {
    client.options.commandTimeout = handshakeMs;
    if (obstacle === undefined) away('the connection was closed');
  });
  /** Reads the state with ROLE. A user without the right to ROLE gets an error, which proves that Redis answers. */
  const look = async (): Promise<void> => {
    const said = await client.role().catch((): readonly unknown[] => []);
    if (client.status !== 'ready') return;
    if (said[0] === 'slave') return away(replicaText);
    if (obstacle === undefined) return;
    obstacle = undefined;
    log.info({ redis: describe }, 'Redis answers');
  };
  client.on('ready', () => {
    // the handshake takes two round trips
    const farMs = clock.monotonic() - connectedAt;
    client.options.commandTimeout = Math.min(longestAnswerMs, answerMs + 2 * farMs);
    void look();
  });
  return {
    client,
    describe,
    get obstacle(): string | undefined {
      return obstacle;
    },
    async look() {
      if (obstacle !== undefined && client.status === 'ready') await look();
    },
    async version() {
      let failed: unknown;
      const tried = new Promise<void>((resolve) => {
        client.once('ready', resolve).once('error', (error) => {
          failed = error;
          resolve();
        });
      });
      if (client.status !== 'ready') await tried;
      if (failed !== undefined) throw explainRedis(describe, failed, obstacle);
      await look();
      if (obstacle !== undefined) throw new RedisUnavailableError(describe, obstacle);
      return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown version';
    },
    [Symbol.asyncDispose]: async () => client.disconnect(),
  };
}

function addressOf(url: ServiceUrl): string {
  const [server = ''] = url.servers;
  return `${url.scheme}://${/:\d+$/.test(server) ? server : `${server}:6379`}`;
}

/** Hides the password among the options of the client from code that prints the client. */
function hideSecrets(client: Redis, describe: string): void {
  const shown = { value: () => `Redis(${describe})`, enumerable: false };
  Object.defineProperties(client, { toJSON: shown, [Symbol.for('nodejs.util.inspect.custom')]: shown });
}
