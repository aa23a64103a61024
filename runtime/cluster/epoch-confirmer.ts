/**
 * Keeps a partition's lease fresh by confirming the epoch in force: a fenced write, never a read.
 *
 * fresh ──pauseUnlessFresh(), no confirmation for 3 s──▶ paused ──confirmed──▶ fresh
 */
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleepUnlessAborted } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { StaleEpochError, type Transport } from '../transport/index.ts';
import { PartitionLease } from './partition-lease.ts';

export interface EpochConfirmerParts {
  readonly transport: Pick<Transport, 'confirm'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  readonly partition: number;
  /** Aborted when the node releases the partition. */
  readonly released: AbortSignal;
  /** The lease of the partition; `undefined` while this node does not own it. */
  readonly lease: () => PartitionLease | undefined;
  /** The epoch whose feed is open; `undefined` while none is. */
  readonly openEpoch: () => number | undefined;
  /** Called when a confirmation came back, with the monotonic time at which it was sent. */
  readonly contacted: (sentAt: number) => void;
  /** Called when the store refused that epoch: another record was written after it. */
  readonly refused: (epoch: number) => Promise<void>;
  /** Called when the contact is too old for any work to begin. */
  readonly paused: () => void;
  readonly resumed: () => void;
}

export class EpochConfirmer {
  readonly #parts: EpochConfirmerParts;
  #paused = false;
  #confirming: Promise<void> | undefined;

  constructor(parts: EpochConfirmerParts) {
    this.#parts = parts;
  }

  /** Makes a lease that is confirmed when work waits for it. @param sentAt when the write was sent that proved the epoch */
  newLease(epoch: number, sentAt: number): PartitionLease {
    const lease: PartitionLease = new PartitionLease(this.#parts.clock, epoch, sentAt, () => {
      void this.#confirmUntilFresh(lease);
    });
    return lease;
  }

  /** Starts a new epoch, which begins fresh. */
  begin(): void {
    this.#paused = false;
  }

  pauseUnlessFresh(lease: PartitionLease): void {
    if (lease.isFresh || this.#paused) return;
    this.#paused = true;
    this.#parts.paused();
  }

  confirm(): Promise<void> {
    this.#confirming ??= this.#confirmOnce().finally(() => {
      this.#confirming = undefined;
    });
    return this.#confirming;
  }

  /** Records that a write came back which proves the lease, with the time at which it was sent. */
  confirmed(lease: PartitionLease, sentAt: number): void {
    lease.confirmed(sentAt);
    this.#parts.contacted(sentAt);
    if (this.#paused && lease.isFresh) {
      this.#paused = false;
      this.#parts.resumed();
    }
  }

  /** Confirms until the lease is fresh, for callers that wait for it, or until it ends. */
  async #confirmUntilFresh(lease: PartitionLease): Promise<void> {
    const { random, clock, released } = this.#parts;
    const backoff = new Backoff(random, { initialIntervalMs: 50, maxIntervalMs: 1_000 });
    const isStale = (): boolean => this.#parts.lease() === lease && !lease.isFresh;
    while (isStale()) {
      await this.confirm();
      if (isStale()) await sleepUnlessAborted(clock, backoff.nextMs(), released);
    }
  }

  async #confirmOnce(): Promise<void> {
    const { transport, clock, log, pool, partition, refused } = this.#parts;
    const [lease, epoch] = [this.#parts.lease(), this.#parts.openEpoch()];
    if (lease === undefined || epoch === undefined) return;
    const sentAt = clock.monotonic();
    try {
      await transport.confirm({ pool, partition, epoch });
      if (this.#parts.lease() === lease) this.confirmed(lease, sentAt);
    } catch (error) {
      if (error instanceof StaleEpochError) await refused(epoch);
      else log.debug({ pool, partition, reason: reasonOf(error) }, 'the epoch could not be confirmed');
    }
  }
}
