/** How fast intents come in from outside: one bucket per client, of this process or shared by all. */
import type { Clock } from '../core/clock.ts';
import { type BucketRule, type BucketState, fullBucket, takeTokens } from '../mailbox/token-bucket.ts';

export interface IngressBucket {
  /** @returns milliseconds until it is worth trying again; 0: the token is taken */
  take(client: string): number | Promise<number>;
  /** Whether all nodes take from the same just now. */
  readonly isShared: boolean;
}

/** Clients are names that strangers choose: those with a full bucket are forgotten when there are so many. */
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
