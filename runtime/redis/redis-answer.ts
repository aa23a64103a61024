/** Turns a failed or refused Redis command of memory into one typed error. */
import type { RedisConnection } from './redis-connection.ts';
import { explainRedis } from './redis-errors.ts';

const advice = '; a write may have been done all the same: read again before you repeat it';

/** Awaits an answer of Redis. @throws RedisUnavailableError, RedisRefusedError */
export async function redisAnswer<T>(redis: RedisConnection, asking: Promise<T>): Promise<T> {
  let answer: T;
  try {
    answer = await asking;
  } catch (error) {
    throw explainRedis(redis.describe, error, redis.obstacle, advice);
  }
  if (redis.obstacle !== undefined) await redis.look();
  return answer;
}
