/** The numeric options of an agent's definition: defaults with their reasons. */
import type { RetryRule } from '../core/intent-schema.ts';
import { type OptionRules, quantity, whole } from '../core/options.ts';
import type { RestartRule } from '../core/supervision.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';

export interface MailboxOptions {
  /** The rate limit of a mailbox. */
  readonly intake?: BucketRule;
  /** How long an agent may be idle before its memory is freed, milliseconds; at most twice that. */
  readonly idleMs?: number;
}

/** How often an agent may be restarted before its mailbox is paused. */
export type SupervisionOptions = RestartRule;

const hourMs = 3_600_000;

export const mailboxRules: OptionRules<{ idleMs: number }> = {
  /** Longer than pauses in a conversation, shorter than memory is worth keeping. */
  idleMs: whole(60_000, 1, 24 * hourMs, 'milliseconds'),
};

export const supervisionRules: OptionRules<SupervisionOptions> = {
  intensity: whole(3, 0, 1_000, 'restarts'),
  periodMs: whole(60_000, 1, 24 * hourMs, 'milliseconds'),
  initialIntervalMs: whole(100, 0, hourMs, 'milliseconds'),
  maxIntervalMs: whole(5_000, 0, hourMs, 'milliseconds'),
};

export const retryRules: OptionRules<RetryRule> = {
  attempts: whole(3, 1, 1_000, 'attempts'),
  initialIntervalMs: whole(100, 0, hourMs, 'milliseconds'),
  maxIntervalMs: whole(5_000, 0, hourMs, 'milliseconds'),
};

export const bucketRules: OptionRules<BucketRule> = {
  ratePerSecond: quantity(1, 0.001, 10_000_000, 'tokens per second'),
  burst: quantity(1, 1, 10_000_000, 'tokens'),
};
