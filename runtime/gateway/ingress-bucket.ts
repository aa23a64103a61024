/** Limits the rate of external intents: one bucket per client, of this process or shared by all nodes. */
import type { Clock } from '../core/clock.ts';
import { type BucketRule, type BucketState, fullBucket, takeTokens } from '../mailbox/token-bucket.ts';

export interface IngressBucket {
  /** Takes a token. @returns milliseconds until a retry makes sense; 0: the token is taken */
  take(client: string): number | Promise<number>;
  /** Whether all nodes take from the same buckets at present. */
  readonly isShared: boolean;
}

/** Takes from a bucket of all clients first: a flood under many names is still one flood. */
export class BoundedBucket implements IngressBucket {
  readonly #clock: Clock;
  readonly #rule: BucketRule;
  readonly #each: IngressBucket;
  #all: BucketState;

  constructor(clock: Clock, rule: BucketRule, each: IngressBucket) {
    this.#clock = clock;
    this.#rule = rule;
    this.#each = each;
    this.#all = fullBucket(rule, clock.monotonic());
  }

  get isShared(): boolean {
    return this.#each.isShared;
  }

  take(client: string): number | Promise<number> {
    const { state, waitMs } = takeTokens(this.#rule, this.#all, 1, this.#clock.monotonic());
    this.#all = state;
    return waitMs > 0 ? waitMs : this.#each.take(client);
  }
}

/** Clients choose their names: above this number, those with a full bucket are forgotten. */
const forgetAbove = 10_000;

export class LocalBucket implements IngressBucket {
  readonly isShared = false;
  readonly #clock: Clock;
  readonly #rule: BucketRule;
  readonly #buckets = new Map<string, BucketState>();

  constructor(clock: Clock, rule: BucketRule) {
    this.#clock = clock;
    this.#rule = rule;
  }

  take(client: string): number {
    const now = this.#clock.monotonic();
    if (this.#buckets.size >= forgetAbove) this.#forgetFull(now);
    const { state, waitMs } = takeTokens(this.#rule, this.#buckets.get(client) ?? fullBucket(this.#rule, now), 1, now);
    this.#buckets.set(client, state);
    return waitMs;
  }

  #forgetFull(now: number): void {
    for (const [client, bucket] of this.#buckets) {
      if (takeTokens(this.#rule, bucket, 0, now).state.tokens >= this.#rule.burst) this.#buckets.delete(client);
    }
  }
}
