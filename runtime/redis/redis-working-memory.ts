/** Working memory in Redis: a key with a time to live for each value, plus an index of each scope in write order. */
import { checkMesh } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import { needMethods } from '../core/options.ts';
import { checkKeyText, storeKey } from '../memory/memory-keys.ts';
import { encodeWorking, ttlOf, type WorkingMemory, workingLimits } from '../memory/working-memory.ts';
import { redisAnswer } from './redis-answer.ts';
import type { RedisConnection } from './redis-connection.ts';
import { RedisScript } from './redis-script.ts';

/** Removes expired values from the index first, so that they evict nothing. The index lives as long as its last value. */
const set = new RedisScript(`
local index, prefix, key, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[4])
redis.call('SET', prefix .. key, ARGV[3], 'PX', ttl)
local newest = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
redis.call('ZADD', index, tonumber(newest[2] or '0') + 1, key)
for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  if redis.call('EXISTS', prefix .. member) == 0 then redis.call('ZREM', index, member) end
end
for _ = tonumber(ARGV[5]) + 1, redis.call('ZCARD', index) do
  redis.call('DEL', prefix .. redis.call('ZPOPMIN', index)[1])
end
if redis.call('PTTL', index) < ttl then redis.call('PEXPIRE', index, ttl) end
`);

const entries = new RedisScript(`
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local value = redis.call('GET', ARGV[1] .. member)
  if value then
    found[#found + 1] = member
    found[#found + 1] = value
  end
end
return found
`);

const remove = new RedisScript(`
redis.call('DEL', ARGV[1] .. ARGV[2])
redis.call('ZREM', KEYS[1], ARGV[2])
`);

const clear = new RedisScript(`
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', ARGV[1] .. member) end
redis.call('DEL', KEYS[1])
`);

/** Opens working memory. The keys of a scope share one slot of a cluster, so that a script can reach them all. */
export function redisWorkingMemory(redis: RedisConnection, mesh: string): WorkingMemory {
  needMethods('redis', redis, ['look', 'version']);
  const base = `parley:${checkMesh(mesh)}:working`;
  const indexOf = (scope: string): string => `${base}:{${storeKey(scope)}}:index`;
  const prefixOf = (scope: string): string => `${base}:{${storeKey(scope)}}:value:`;
  return {
    store: 'redis',
    async get(scope, key) {
      const text = await redisAnswer(redis, redis.client.get(prefixOf(scope) + checkKeyText(key)));
      return text === null ? undefined : (JSON.parse(text) as Json);
    },
    async set(scope, key, value, options) {
      const [text, ttlMs] = [encodeWorking(scope, key, value), ttlOf(options)];
      const words = [prefixOf(scope), checkKeyText(key), text, ttlMs, workingLimits.entries];
      await redisAnswer(redis, set.run(redis, [indexOf(scope)], words));
    },
    async entries(scope) {
      const found = (await redisAnswer(
        redis,
        entries.run(redis, [indexOf(scope)], [prefixOf(scope)]),
      )) as readonly string[];
      const byKey: (readonly [string, Json])[] = [];
      for (let n = 0; n < found.length; n += 2)
        byKey.push([found[n] ?? '', JSON.parse(found[n + 1] ?? 'null') as Json]);
      return Object.fromEntries(byKey.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async delete(scope, key) {
      await redisAnswer(redis, remove.run(redis, [indexOf(scope)], [prefixOf(scope), checkKeyText(key)]));
    },
    async clear(scope) {
      await redisAnswer(redis, clear.run(redis, [indexOf(scope)], [prefixOf(scope)]));
    },
  };
}
