/** The public names of `parley-runtime/redis`: state that the nodes of a mesh share through Redis. */
export { type Bucket, type RedisBucketParts, redisBucket } from './redis-bucket.ts';
export { connectRedis, type RedisConnection } from './redis-connection.ts';
export { RedisRefusedError, RedisUnavailableError } from './redis-errors.ts';
export { redisSharedMemory } from './redis-shared-memory.ts';
export { redisWorkingMemory } from './redis-working-memory.ts';
