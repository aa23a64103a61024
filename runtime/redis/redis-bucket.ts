/** Ingress buckets in Redis that all nodes of a mesh share; while Redis is away, each node uses its own. */
import { type Clock, systemClock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { checkOptions, namesOf, needMethods } from '../core/options.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { RedisConnection } from './redis-connection.ts';
import { meaningOf } from './redis-errors.ts';
import { RedisScript } from './redis-script.ts';

/** The role that the gateway needs; `runtime/gateway/ingress-bucket.ts`. */
export interface Bucket {
  take(client: string): number | Promise<number>;
  readonly isShared: boolean;
}

export interface RedisBucketParts {
  readonly redis: RedisConnection;
  readonly mesh: string;
  readonly rule: BucketRule;
  /** Used while Redis is away: the rate then holds for each node, not for all of them together. */
  readonly local: Bucket;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** `takeTokens` of `mailbox/token-bucket.ts` for one token, by the clock of Redis, shared by all nodes. A full bucket expires. */
const script = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(known[1] or burst)
tokens = math.min(burst, tokens + math.max(0, now - tonumber(known[2] or now)) * rate / 1000)
local wait = 0
if tokens >= 1 then
  tokens = tokens - 1
else
  wait = math.max(1, math.ceil((1 - tokens) * 1000 / rate))
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) * 1000 / rate) + 1000)
return wait
`);
/** While Redis hangs, only one request in this time asks whether it is back. */
const pauseMs = 1_000;

const partNames = namesOf<Omit<RedisBucketParts, 'rule' | 'local'>>({
  redis: true,
  mesh: true,
  log: true,
  clock: true,
});

/** For `startGateway({sharedBucket})`. @throws InvalidOptionError */
export function redisBucket(
  parts: Omit<RedisBucketParts, 'rule' | 'local'>,
): (rule: BucketRule, local: Bucket) => RedisBucket {
  checkOptions('redisBucket', parts, partNames);
  needMethods('redis', parts.redis, ['look', 'version']);
  needMethods('log', parts.log, ['info', 'warn']);
  return (rule, local) => new RedisBucket({ ...parts, rule, local });
}

class RedisBucket implements Bucket {
  readonly #parts: RedisBucketParts;
  #awayUntil = 0;
  #away = false;

  constructor(parts: RedisBucketParts) {
    this.#parts = parts;
  }

  /** Whether the nodes share the rate at present. */
  get isShared(): boolean {
    return !this.#away;
  }

  async take(client: string): Promise<number> {
    const { clock = systemClock, local } = this.#parts;
    if (clock.monotonic() < this.#awayUntil) return local.take(client);
    try {
      const waitMs = await this.#ask(client);
      this.#back();
      return waitMs;
    } catch (error) {
      this.#lost(error);
      return local.take(client);
    }
  }

  async #ask(client: string): Promise<number> {
    const { redis, mesh, rule } = this.#parts;
    const key = `parley:${mesh}:ingress:${client}`;
    const { ratePerSecond, burst } = rule;
    return Number(await script.run(redis, [key], [ratePerSecond, burst]));
  }

  #lost(error: unknown): void {
    const { redis, clock = systemClock, log } = this.#parts;
    this.#awayUntil = clock.monotonic() + pauseMs;
    if (this.#away) return;
    this.#away = true;
    const reason = meaningOf(error)?.text ?? redis.obstacle ?? reasonOf(error);
    log.warn({ redis: redis.describe, reason }, "ingress buckets are this node's own while Redis is away");
  }

  #back(): void {
    const { redis, log } = this.#parts;
    if (!this.#away) return;
    this.#away = false;
    log.info({ redis: redis.describe }, 'ingress buckets are shared again');
  }
}
