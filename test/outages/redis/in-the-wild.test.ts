/** A Redis as it is in the wild: far away, a replica since a failover, part of a cluster, with a password. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectRedis,
  type RedisConnection,
  redisSharedMemory,
  redisWorkingMemory,
} from '../../../runtime/redis/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { RedisServer } from '../../support/redis-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serverWith(
  test: Parameters<typeof RedisServer.start>[0],
  ...words: readonly string[]
): Promise<RedisServer> {
  const server = await RedisServer.start(test, ...words);
  closers.push(() => server.kill());
  return server;
}

function connection(url: string, log: LogRecorder = new LogRecorder()): RedisConnection {
  const redis = connectRedis(url, log);
  closers.unshift(() => redis[Symbol.asyncDispose]());
  return redis;
}

function admin(server: RedisServer): Redis {
  const client = new Redis(server.url);
  closers.unshift(() => client.disconnect());
  return client;
}

/** Passes everything on, later by so much in each direction. */
async function farAway(port: number, delayMs: number): Promise<string> {
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (data) => setTimeout(() => to.write(data), delayMs));
    from.on('close', () => to.destroy());
    from.on('error', () => undefined);
  };
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    pass(client, server);
    pass(server, client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(() => proxy.close());
  const address = proxy.address();
  return `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

describe('a distant Redis', () => {
  it.for([65, 130, 300])('A distant Redis with %i ms in each direction works', async (delayMs, test) => {
    const server = await serverWith(test);
    const redis = connection(await farAway(server.port, delayMs));
    expect(await redis.version()).toMatch(/^\d+\./);
    const shared = redisSharedMemory(redis, 'shop');
    const version = await shared.writeIfVersion('k', { n: 1 }, 0);
    expect(await shared.read('k')).toEqual({ value: { n: 1 }, version });
  });
});

describe('a primary that becomes a replica', () => {
  it('A primary that becomes a replica is reported, may be retried, and is used again when it accepts writes', async (test) => {
    const [server, other] = [await serverWith(test), await serverWith(test)];
    const redis = connection(server.url);
    await redis.version();
    const shared = redisSharedMemory(redis, 'shop');
    const first = (await shared.writeIfVersion('k', 1, 0)) ?? 0;
    const operator = admin(server);
    await operator.replicaof('127.0.0.1', other.port);
    const error = await shared.writeIfVersion('k', 2, first).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PARLEY_REDIS_UNAVAILABLE', retryable: true });
    await until('it is known to be a replica', () => redis.obstacle?.includes('replica') === true);
    await expect(redis.version()).rejects.toThrow(/replica/);
    await operator.replicaof('NO', 'ONE');
    await until('it takes writes again', async () => {
      const written = await redisWorkingMemory(redis, 'shop')
        .set('s', 'k', 1)
        .then(
          () => true,
          () => false,
        );
      return written;
    });
    await until('that is known', () => redis.obstacle === undefined);
    expect(await redis.version()).toMatch(/^\d+\./);
  });
});

describe('a final refusal of Redis', () => {
  it.for<[string, readonly string[], string, RegExp]>([
    ['no password', ['--requirepass', 'right'], '', /it wants a password/],
    ['a wrong password', ['--requirepass', 'right'], ':wrong@', /does not take this user or password/],
  ])('A final refusal of Redis is not retryable: %s', async ([_what, words, login, text], test) => {
    const server = await serverWith(test, ...words);
    const redis = connection(server.url.replace('://', `://${login}`));
    const error = await redis.version().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PARLEY_REDIS_REFUSED', retryable: false });
    expect((error as Error).message).toMatch(text);
    expect((error as Error).message).not.toContain('wrong@');
  });

  it('A cluster that is down is reported until it is up', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const server = await serverWith(test, '--cluster-enabled', 'yes', '--dir', folder);
    const down = connection(server.url);
    await down.version();
    const shared = redisSharedMemory(down, 'shop');
    await expect(shared.read('k')).rejects.toMatchObject({ code: 'PARLEY_REDIS_UNAVAILABLE', retryable: true });
    await expect(shared.read('k')).rejects.toThrow(/its cluster is down/);
  });
});
