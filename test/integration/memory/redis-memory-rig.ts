/** Two connections to a fresh Redis, as two processes have them. */
import type { TestContext } from 'vitest';
import { connectRedis, type RedisConnection } from '../../../runtime/redis/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { RedisServer } from '../../support/redis-server.ts';

export interface RedisMemoryRig<T> extends AsyncDisposable {
  readonly server: RedisServer;
  readonly redis: RedisConnection;
  readonly memory: T;
  readonly other: T;
  readonly elsewhere: T;
}

export async function redisMemoryRig<T>(
  test: TestContext,
  open: (redis: RedisConnection, mesh: string) => T,
): Promise<RedisMemoryRig<T>> {
  const server = await RedisServer.start(test);
  const log = new LogRecorder();
  const [redis, second] = [connectRedis(server.url, log), connectRedis(server.url, log)];
  await until('both are connected', () => redis.obstacle === undefined && second.obstacle === undefined);
  return {
    server,
    redis,
    memory: open(redis, 'shop'),
    other: open(second, 'shop'),
    elsewhere: open(redis, 'other'),
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
      await server.kill();
    },
  };
}
