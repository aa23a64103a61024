/** A connection to Redis that may be away: nothing waits for it, and whoever asked learns at once. */
import { Redis } from 'ioredis';
import { type Clock, systemClock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { explainRedis, meaningOf, RedisAwayError } from './redis-errors.ts';
import { redisUrl } from './redis-url.ts';

/** On a loopback 0.1 ms, in a data centre 1 ms: what takes longer is not there. A Redis that is far away is given more. */
const answerMs = 250;
/** Until it is known how far away it is. */
const handshakeMs = 5_000;
const longestAnswerMs = 2_000;
const connectMs = 2_000;
const longestPauseMs = 2_000;
const replicaText = 'it is a replica and takes no writes';

export interface RedisConnection extends AsyncDisposable {
  readonly client: Redis;
  /** `redis://host:port`, without user and password. */
  readonly describe: string;
  /** Why it is away, as far as is known. */
  readonly obstacle: string | undefined;
  /** Finds out whether what was in the way still is; asks nothing while nothing is. */
  look(): Promise<void>;
  /** Asks it, when it is connected. @throws RedisAwayError, RedisRefusedError within a few seconds */
  version(): Promise<string>;
}

/**
 * Begins to connect, and keeps at it. @param given `redis://` or `rediss://`
 * @throws ServiceUrlError
 */
export function connectRedis(given: string | ServiceUrl, log: Logger, clock: Clock = systemClock): RedisConnection {
  const url = redisUrl(given);
  const describe = addressOf(url);
  const client = new Redis(url.revealUrl(), {
    connectTimeout: connectMs,
    commandTimeout: handshakeMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // the address may lead to the new primary
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
  /** Told by what it says of itself; a user who may not ask that is taken at its word that it answers. */
  const look = async (): Promise<void> => {
    const said = await client.role().catch((): readonly unknown[] => []);
    if (client.status !== 'ready') return;
    if (said[0] === 'slave') return away(replicaText);
    if (obstacle === undefined) return;
    obstacle = undefined;
    log.info({ redis: describe }, 'Redis answers');
  };
  client.on('ready', () => {
    // the handshake is two round trips
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
      if (obstacle !== undefined) throw new RedisAwayError(describe, obstacle);
      return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown version';
    },
    [Symbol.asyncDispose]: async () => client.disconnect(),
  };
}

function addressOf(url: ServiceUrl): string {
  const [server = ''] = url.servers;
  return `${url.scheme}://${/:\d+$/.test(server) ? server : `${server}:6379`}`;
}

/** The client keeps the password among its options: whoever prints it is not to see that. */
function hideSecrets(client: Redis, describe: string): void {
  const shown = { value: () => `Redis(${describe})`, enumerable: false };
  Object.defineProperties(client, { toJSON: shown, [Symbol.for('nodejs.util.inspect.custom')]: shown });
}
