/** Shared memory in Redis: each operation is one script, and each write gets a version that no write of the mesh had before. */
import { checkMesh } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import { needMethods } from '../core/options.ts';
import { checkKeyText } from '../memory/memory-keys.ts';
import { encodeShared, type SharedMemory, type Versioned } from '../memory/shared-memory.ts';
import { redisAnswer } from './redis-answer.ts';
import type { RedisConnection } from './redis-connection.ts';
import { RedisScript } from './redis-script.ts';

/**
 * A missing key has version 0, so that it can be created. Versions are compared as numbers. All keys of the mesh draw them from one
 * source: microseconds since 1970 by the clock of Redis, or one more than the last version. No version thus repeats, even when a
 * key was removed and created again, or Redis has lost all its data, or its last second in a failover.
 */
const write = new RedisScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[2]) then return false end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local next = string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1, version + 1))
redis.call('SET', KEYS[2], next)
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'version', next)
return next
`);

const remove = new RedisScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version == 0 or version ~= tonumber(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** Opens the shared memory of a mesh. Its keys share one slot of a cluster, so that a script can reach them all. */
export function redisSharedMemory(redis: RedisConnection, mesh: string): SharedMemory {
  needMethods('redis', redis, ['look', 'version']);
  const prefix = `parley:{${checkMesh(mesh)}}:shared`;
  const keyOf = (key: string): string => `${prefix}:value:${checkKeyText(key)}`;
  const last = `${prefix}:version`;
  return {
    store: 'redis',
    async read(key): Promise<Versioned | undefined> {
      const [value, version] = await redisAnswer(redis, redis.client.hmget(keyOf(key), 'value', 'version'));
      if (value === null || value === undefined) return undefined;
      return { value: JSON.parse(value) as Json, version: Number(version) };
    },
    async writeIfVersion(key, value, expected) {
      const text = encodeShared(key, value);
      const version = await redisAnswer(redis, write.run(redis, [keyOf(key), last], [text, expected]));
      return version === null ? undefined : Number(version);
    },
    async removeIfVersion(key, expected) {
      return Number(await redisAnswer(redis, remove.run(redis, [keyOf(key)], [expected]))) === 1;
    },
  };
}
