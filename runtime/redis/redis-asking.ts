/** What memory asks of Redis: what does not come back is one typed error. */
import { reasonOf } from '../core/errors.ts';
import { RedisAwayError, type RedisConnection } from './redis-connection.ts';

/** @throws RedisAwayError */
export async function asked<T>(redis: RedisConnection, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    const reason = redis.obstacle ?? reasonOf(error);
    const advice = 'a write may have been done all the same: read again before you repeat it';
    throw new RedisAwayError(redis.describe, `${reason}; ${advice}`, error);
  }
}
