/** What memory asks of Redis: what does not come back, or is refused, is one typed error. */
import type { RedisConnection } from './redis-connection.ts';
import { explainRedis } from './redis-errors.ts';

const advice = '; a write may have been done all the same: read again before you repeat it';

/** @throws RedisAwayError, RedisRefusedError */
export async function asked<T>(redis: RedisConnection, asking: Promise<T>): Promise<T> {
  let answer: T;
  try {
    answer = await asking;
  } catch (error) {
    throw explainRedis(redis.describe, error, redis.obstacle, advice);
  }
  if (redis.obstacle !== undefined) await redis.look();
  return answer;
}
