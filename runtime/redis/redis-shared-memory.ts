/** Shared memory in Redis: each operation one script, each write a version from one counter of the mesh. */
import type { Json } from '../core/json.ts';
import type { SharedMemory, Versioned } from '../memory/shared-memory.ts';
import type { RedisConnection } from './redis-connection.ts';
import { RedisScript } from './redis-script.ts';

/**
 * The version is a field beside the value. A key that is not there has the version 0, so it can be made; a counter of the mesh
 * gives versions, so that none comes twice, also when a key was removed and made again.
 */
const write = new RedisScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[2]) then return 0 end
local next = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'version', next)
return next
`);

const remove = new RedisScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version == 0 or version ~= tonumber(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
`);

export function redisSharedMemory(redis: RedisConnection, mesh: string): SharedMemory {
  const prefix = `parley:{${mesh}}:shared`;
  const keyOf = (key: string): string => `${prefix}:value:${key}`;
  const counter = `${prefix}:versions`;
  return {
    store: 'redis',
    async read(key): Promise<Versioned | undefined> {
      const [value, version] = await redis.client.hmget(keyOf(key), 'value', 'version');
      if (value === null || value === undefined) return undefined;
      return { value: JSON.parse(value) as Json, version: Number(version) };
    },
    async writeIfVersion(key, value, expected) {
      const version = Number(await write.run(redis, [keyOf(key), counter], [JSON.stringify(value), expected]));
      return version === 0 ? undefined : version;
    },
    async removeIfVersion(key, expected) {
      return Number(await remove.run(redis, [keyOf(key)], [expected])) === 1;
    },
  };
}
