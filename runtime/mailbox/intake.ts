/** The third brake: limits the rate at which a mailbox is served. Replies and control messages bypass it. */
import type { Clock } from '../core/clock.ts';
import type { TimerSet } from '../core/timer-set.ts';
import type { IntentHandler } from './intent-handler.ts';
import type { Lane, QueuedIntent } from './lane.ts';
import type { Mailbox } from './mailbox.ts';
import { type BucketRule, fullBucket, takeTokens } from './token-bucket.ts';

export class Intake {
  readonly #receiver: Pick<IntentHandler, 'intake' | 'cost'>;
  readonly #clock: Clock;
  readonly #timers: TimerSet;

  /** Number of mailboxes that wait for a token. */
  throttled = 0;

  constructor(receiver: Pick<IntentHandler, 'intake' | 'cost'>, clock: Clock, timers: TimerSet) {
    this.#receiver = receiver;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Returns the rule that applies to this lane, or `undefined`. */
  rule(mailbox: Mailbox, lane: Lane): BucketRule | undefined {
    return lane.at.lane === 'i' ? this.#receiver.intake(mailbox.agent) : undefined;
  }

  /** Takes tokens for an intent; otherwise throttles the mailbox until it calls `wake`. @returns whether tokens were taken */
  pay(mailbox: Mailbox, lane: Lane, held: QueuedIntent, wake: () => void): boolean {
    const rule = this.rule(mailbox, lane);
    if (rule === undefined) return true;
    const now = this.#clock.monotonic();
    const taken = takeTokens(rule, mailbox.bucket ?? fullBucket(rule, now), this.#receiver.cost(lane, held), now);
    mailbox.bucket = taken.state;
    if (taken.waitMs === 0) return true;
    mailbox.throttled = true;
    this.throttled++;
    this.#timers.after(taken.waitMs, () => {
      mailbox.throttled = false;
      this.throttled--;
      wake();
    });
    return false;
  }

  /**
   * Calls `forget` once the bucket of an empty mailbox is full again, at once if it has none: forgetting earlier would refill
   * it.
   */
  whenFull(mailbox: Mailbox, forget: () => void): void {
    const rule = mailbox.bucket === undefined ? undefined : this.#receiver.intake(mailbox.agent);
    if (rule === undefined || mailbox.bucket === undefined) return forget();
    const now = this.#clock.monotonic();
    mailbox.bucket = takeTokens(rule, mailbox.bucket, 0, now).state;
    const missing = rule.burst - mailbox.bucket.tokens;
    if (missing <= 0) return forget();
    if (mailbox.lingering) return;
    mailbox.lingering = true;
    this.#timers.after(Math.ceil((missing * 1000) / rule.ratePerSecond), () => {
      mailbox.lingering = false;
      if (mailbox.isEmpty) this.whenFull(mailbox, forget);
    });
  }
}
