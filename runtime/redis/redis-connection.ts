/** A connection to Redis that may be away: nothing waits for it, and whoever asked learns at once. */
import { Redis } from 'ioredis';
import { ParleyError, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { redisUrl } from './redis-url.ts';

/** On a loopback 0.1 ms, in a data centre 1 ms: what takes longer is not there. */
const answerMs = 250;
const connectMs = 2_000;
const longestPauseMs = 2_000;

export interface RedisConnection extends AsyncDisposable {
  readonly client: Redis;
  /** `redis://host:port`, without user and password. */
  readonly describe: string;
  /** Why it is away, as far as is known. */
  readonly obstacle: string | undefined;
  /** Asks it, when it is connected. @throws RedisAwayError within a few seconds */
  version(): Promise<string>;
}

export class RedisAwayError extends ParleyError {
  constructor(where: string, reason: string, cause?: unknown) {
    super('PARLEY_REDIS_AWAY', `Redis at ${where} cannot be used: ${reason}`, { retryable: true, cause });
  }
}

/**
 * Begins to connect, and keeps at it. @param given `redis://` or `rediss://`
 * @throws ServiceUrlError
 */
export function connectRedis(given: string | ServiceUrl, log: Logger): RedisConnection {
  const url = redisUrl(given);
  const describe = addressOf(url);
  const client = new Redis(url.revealUrl(), {
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempts) => Math.min(longestPauseMs, 50 * 2 ** Math.min(attempts, 10)),
  });
  hideSecrets(client, describe);
  let obstacle: string | undefined = 'not connected yet';
  const away = (reason: string): void => {
    if (obstacle !== reason) log.warn({ redis: describe, reason }, 'Redis is away');
    obstacle = reason;
  };
  client.on('error', (error) => away(reasonOf(error)));
  client.on('close', () => {
    if (obstacle === undefined) away('the connection was closed');
  });
  client.on('ready', () => {
    obstacle = undefined;
    log.info({ redis: describe }, 'Redis answers');
  });
  return {
    client,
    describe,
    get obstacle(): string | undefined {
      return obstacle;
    },
    async version() {
      const tried = new Promise((resolve) => {
        client.once('ready', resolve).once('error', resolve);
      });
      if (client.status !== 'ready') await tried;
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
