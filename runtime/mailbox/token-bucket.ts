/** The token bucket: a pure function of rule, state and time. Used at both ends of a mailbox. */

export interface BucketRule {
  readonly ratePerSecond: number;
  /** Capacity of the bucket in tokens. */
  readonly burst: number;
}

export interface BucketState {
  /** Negative after a cost larger than the bucket. */
  readonly tokens: number;
  /** The time of this state, milliseconds on a monotonic clock. */
  readonly at: number;
}

export interface Taken {
  readonly state: BucketState;
  /** 0: the tokens are taken. Otherwise none are, and a retry makes sense after this many milliseconds. */
  readonly waitMs: number;
}

export function fullBucket(rule: BucketRule, now: number): BucketState {
  return { tokens: rule.burst, at: now };
}

/**
 * Takes `cost` tokens if available. A cost above the capacity passes when the bucket is full and leaves a debt: so the rate
 * holds, and nothing waits forever.
 */
export function takeTokens(rule: BucketRule, state: BucketState, cost: number, now: number): Taken {
  const grown = state.tokens + (Math.max(0, now - state.at) * rule.ratePerSecond) / 1000;
  const tokens = Math.min(rule.burst, grown);
  const needed = Math.min(cost, rule.burst);
  if (tokens >= needed) return { state: { tokens: tokens - cost, at: now }, waitMs: 0 };
  const waitMs = Math.max(1, Math.ceil(((needed - tokens) * 1000) / rule.ratePerSecond));
  return { state: { tokens, at: now }, waitMs };
}
