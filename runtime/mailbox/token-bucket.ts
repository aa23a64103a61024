/** The token bucket: a pure function of rule, state and time. Used at both ends of a mailbox. */

export interface BucketRule {
  readonly ratePerSecond: number;
  /** Tokens that a full bucket holds. */
  readonly burst: number;
}

export interface BucketState {
  /** Negative after something heavier than the bucket has passed. */
  readonly tokens: number;
  /** When that was true, milliseconds on a monotonic clock. */
  readonly at: number;
}

export interface Taken {
  readonly state: BucketState;
  /** 0: the tokens are taken. Otherwise nothing is, and it is worth asking again after so many milliseconds. */
  readonly waitMs: number;
}

export function fullBucket(rule: BucketRule, now: number): BucketState {
  return { tokens: rule.burst, at: now };
}

/**
 * Takes `cost` tokens if they are there. What costs more than the bucket holds passes when it is full, and leaves a debt:
 * the rate is kept, nothing waits for ever.
 */
export function takeTokens(rule: BucketRule, state: BucketState, cost: number, now: number): Taken {
  const grown = state.tokens + (Math.max(0, now - state.at) * rule.ratePerSecond) / 1000;
  const tokens = Math.min(rule.burst, grown);
  const needed = Math.min(cost, rule.burst);
  if (tokens >= needed) return { state: { tokens: tokens - cost, at: now }, waitMs: 0 };
  const waitMs = Math.max(1, Math.ceil(((needed - tokens) * 1000) / rule.ratePerSecond));
  return { state: { tokens, at: now }, waitMs };
}
