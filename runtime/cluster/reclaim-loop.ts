/** The loop that claims a partition again after its feed broke, with backoff over feeds that break soon after they open. */
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleepUnlessAborted } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';

export interface ReclaimLoopParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  readonly partition: number;
  /** Aborted when the node releases the partition. */
  readonly released: AbortSignal;
}

/** `lost`: another node owns the partition. `refused`: the claim failed, the next one may succeed. */
export type ReclaimResult = 'served' | 'refused' | 'lost';

/** A feed that stayed open for this long resets the backoff. */
const settledMs = 5_000;

export class ReclaimLoop {
  readonly #parts: ReclaimLoopParts;
  readonly #backoff: Backoff;
  readonly #reasons = new ReasonLog();
  #openedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ReclaimLoopParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
  }

  /** Records that the feed is open. */
  opened(): void {
    this.#openedAt = this.#parts.clock.monotonic();
  }

  /** Records that the feed broke. */
  broken(): void {
    if (this.#parts.clock.monotonic() - this.#openedAt >= settledMs) this.#backoff.reset();
  }

  /** Repeats the attempt until the partition is served or lost, or until `isNeeded` returns false. */
  async run(isNeeded: () => boolean, attempt: () => Promise<ReclaimResult>): Promise<void> {
    const { log, pool, partition } = this.#parts;
    if (this.#backoff.failures > 0) await this.#wait();
    while (isNeeded()) {
      try {
        const result = await attempt();
        if (result === 'lost') return;
        if (result === 'served') {
          if (this.#reasons.recovered()) log.info({ pool, partition }, 'the partition is served again');
          return void this.#backoff.nextMs();
        }
      } catch (error) {
        const reason = reasonOf(error);
        if (this.#reasons.isNew(reason)) log.warn({ pool, partition, reason }, 'the partition cannot be served yet');
      }
      await this.#wait();
    }
  }

  #wait(): Promise<void> {
    const { clock, released } = this.#parts;
    return sleepUnlessAborted(clock, this.#backoff.nextMs(), released);
  }
}
