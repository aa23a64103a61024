/** A connection to Redis that may be away: nothing waits for it, and whoever asked learns at once. */
import { Redis } from 'ioredis';
import { InvalidOptionError, ParleyError, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';

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
 * Begins to connect, and keeps at it. @param url `redis://` or `rediss://`
 * @throws InvalidOptionError
 */
export function connectRedis(url: string, log: Logger): RedisConnection {
  const describe = withoutSecrets(url);
  const client = new Redis(url, {
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempts) => Math.min(longestPauseMs, 50 * 2 ** Math.min(attempts, 10)),
  });
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

/** @throws InvalidOptionError */
function withoutSecrets(url: string): string {
  const wanted = 'a URL such as redis://127.0.0.1:6379, or rediss:// with TLS';
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new InvalidOptionError('REDIS_URL', wanted, '(not a URL; not shown: it may hold a password)');
  }
  const { protocol, hostname, port } = parsed;
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '') {
    throw new InvalidOptionError('REDIS_URL', wanted, `${protocol}//${hostname}`);
  }
  return `${protocol}//${hostname}:${port || '6379'}`;
}
