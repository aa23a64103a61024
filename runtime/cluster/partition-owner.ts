/**
 * One partition's ownership by this node.
 *
 * standby ──claim()──▶ claiming ──confirmed──▶ owning ◀──the next epoch──▶ claiming again, when the feed broke
 *    ▲                    │ somebody else was faster   │ └──12 s without contact──▶ suspended ──claim() over our own record──▶ owning
 *    └────────────────────┴──the record is another's───┴────────────────────────────┘
 * release() ──▶ released
 *
 * A claim: write our record in the place of the one that was read (the sequence of that write is the epoch), open the feed named
 * after it, confirm the epoch. Confirming is a fenced write, never a read. An epoch is never used twice, so an acknowledgement
 * that comes late goes nowhere.
 */
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleep, toIso } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { retry } from '../core/retry.ts';
import {
  type Feed,
  type FeedBreak,
  type FeedPlace,
  RevisionConflictError,
  StaleEpochError,
  type Transport,
} from '../transport/index.ts';
import { PartitionLostError } from './cluster-errors.ts';
import { contactLostMs, contactTtlMs, proveWithinMs } from './contact-limits.ts';
import { claimRecord, type OwnerRecord, readOwnerRecord, releaseRecord } from './owner-record.ts';
import { PartitionLease } from './partition-lease.ts';

export interface OwnerParts {
  readonly transport: Pick<Transport, 'bucket' | 'openFeed' | 'confirm'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  readonly partition: number;
  readonly node: string;
  /** A confirmation that was sent at that time, monotonic, came back. */
  readonly contacted: (sentAt: number) => void;
}

export interface OwnerEvents {
  deliver(delivery: Delivery): void;
  /** A feed is open and its epoch confirmed; everything unacknowledged comes again on it. */
  opened(feed: Feed, lease: PartitionLease): void;
  /** That feed is over. */
  closed(): void;
  /** Contact is too old to begin anything; `resumed` follows, or `suspended`. */
  paused(): void;
  resumed(): void;
  /** The lease is over, because the partition may be another's: it is `opened` again under a new lease, or lost. */
  suspended(why: PartitionLostError): void;
  /** The partition is another's, after `suspended`: nothing that is known of it is the whole truth any more. */
  lost(): void;
}

/** A feed that lived for so long was no part of a quick series of claims. */
const settledMs = 5_000;

export class PartitionOwner {
  readonly #parts: OwnerParts;
  readonly #events: OwnerEvents;
  readonly #backoff: Backoff;
  readonly #reasons = new ReasonLog();
  readonly #release = new AbortController();
  #lease: PartitionLease | undefined;
  #feed: Feed | undefined;
  #epoch = 0;
  #openedAt = Number.NEGATIVE_INFINITY;
  /** The revision of the record that we wrote last; 0 when it is, as far as is known, not the newest any more. */
  #written = 0;
  #paused = false;
  /** Nobody else has owned it since our last lease, as far as is known. */
  #suspended = false;
  /** Our record is being written, the feed opened and the epoch confirmed. */
  #taking: Promise<boolean> | undefined;
  #confirming: Promise<void> | undefined;

  constructor(parts: OwnerParts, events: OwnerEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#backoff = new Backoff(parts.random);
  }

  get partition(): number {
    return this.#parts.partition;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get feed(): Feed | undefined {
    return this.#feed;
  }

  /** Owned while there is one. */
  get lease(): PartitionLease | undefined {
    return this.#lease;
  }

  /** The newest record, read from the leader: whether it is ours only `confirm` proves. */
  async record(): Promise<OwnerRecord> {
    return readOwnerRecord(await this.#parts.transport.bucket('owners').read(this.#key));
  }

  /** To be called with a record that is not to be claimed over: it may tell that a suspended partition is lost. */
  learn(record: OwnerRecord): void {
    if (this.#suspended && !this.#isOurs(record)) {
      this.#suspended = false;
      this.#events.lost();
    }
  }

  /**
   * Writes our record over that one, and serves the partition.
   * @returns `false` when somebody else was faster, or it is released meanwhile
   * @throws TransportUnavailableError, ForeignConsumerError
   */
  claim(record: OwnerRecord): Promise<boolean> {
    if (this.#taking !== undefined) return this.#taking;
    this.learn(record);
    const taking = this.#take(record.revision).finally(() => {
      this.#taking = undefined;
    });
    this.#taking = taking;
    return taking;
  }

  /** To be called every second. @param awakeMs how long the main loop has been running without a long stop */
  tick(awakeMs: number): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    if (lease.age > contactLostMs && awakeMs >= contactTtlMs) {
      return this.#suspend(`no contact with the store for ${contactLostMs / 1000} s`);
    }
    if (!lease.isFresh) this.#pause();
    void this.#confirm();
  }

  /** Lets a partition that it owns go although this node lives on: ends what it does for it, deletes the consumer, says so in the record. */
  async handOver(why: string): Promise<void> {
    const [feed, written] = [this.#feed, this.#written];
    this.#feed = undefined;
    if (feed !== undefined) this.#events.closed();
    this.#lose(why);
    await feed?.close();
    await this.#writeTombstone(written);
  }

  #isOurs(record: OwnerRecord): boolean {
    return record.kind === 'none' || (record.kind === 'owned' && record.node === this.#parts.node);
  }

  /** The node stops: stops pulling, deletes the consumer, also one that is just being made, and writes the tombstone. */
  async release(): Promise<void> {
    this.#release.abort();
    await this.#taking?.catch(() => undefined);
    const { pool, partition } = this.#parts;
    const [feed, lease] = [this.#feed, this.#lease];
    this.#feed = undefined;
    this.#lease = undefined;
    lease?.end(new PartitionLostError(pool, partition, lease.epoch, 'the node stops'));
    await feed?.close();
    await this.#writeTombstone(this.#written);
  }

  get #key(): string {
    return `${this.#parts.pool}.${this.#parts.partition}`;
  }

  get #released(): boolean {
    return this.#release.signal.aborted;
  }

  async #take(revision: number): Promise<boolean> {
    if (this.#released) return false;
    const { transport, clock, pool, partition, node } = this.#parts;
    let feed: Feed | undefined;
    let brokenEarly = false;
    try {
      const writtenAt = clock.monotonic();
      const epoch = await transport.bucket('owners').write(this.#key, claimRecord(node, toIso(clock.now())), revision);
      this.#written = epoch;
      // over a record of our own it proves as much as a confirmation
      if (this.#lease !== undefined) this.#confirmed(this.#lease, writtenAt);
      const at: FeedPlace = { pool, partition, epoch };
      feed = await transport.openFeed(at, {
        deliver: (delivery) => this.#events.deliver(delivery),
        broken: (reason) => {
          brokenEarly = true;
          this.#broken(epoch, reason);
        },
      });
      const sentAt = await this.#prove(at, () => !brokenEarly);
      if (!brokenEarly && !this.#released) {
        this.#serve(feed, epoch, sentAt);
        return true;
      }
    } catch (error) {
      await feed?.close().catch(() => undefined);
      const isFaster = error instanceof RevisionConflictError || error instanceof StaleEpochError;
      if (isFaster) this.#written = 0;
      else throw error;
    }
    await feed?.close();
    return false;
  }

  /** One confirmation that is lost does not end a claim. @returns when the one was sent that came back */
  async #prove(at: FeedPlace, isOpen: () => boolean): Promise<number> {
    const { transport, clock, random } = this.#parts;
    const settings = { clock, random, withinMs: proveWithinMs, signal: this.#release.signal };
    return retry(settings, async () => {
      const sentAt = clock.monotonic();
      if (isOpen()) await transport.confirm(at);
      return sentAt;
    });
  }

  #serve(feed: Feed, epoch: number, sentAt: number): void {
    this.#epoch = epoch;
    this.#feed = feed;
    this.#openedAt = this.#parts.clock.monotonic();
    const lease = this.#lease ?? this.#newLease(epoch, sentAt);
    this.#lease = lease;
    this.#suspended = false;
    lease.epoch = epoch;
    this.#paused = false;
    this.#events.opened(feed, lease);
    this.#confirmed(lease, sentAt);
  }

  #newLease(epoch: number, sentAt: number): PartitionLease {
    const lease: PartitionLease = new PartitionLease(this.#parts.clock, epoch, sentAt, () => {
      void this.#confirmUntilFresh(lease);
    });
    return lease;
  }

  #broken(epoch: number, reason: FeedBreak): void {
    const { clock, log, pool, partition } = this.#parts;
    if (this.#released || epoch !== this.#epoch || this.#feed === undefined) return;
    this.#feed = undefined;
    this.#events.closed();
    log.info({ pool, partition, epoch, reason }, 'feed broken, claiming again');
    if (clock.monotonic() - this.#openedAt >= settledMs) this.#backoff.reset();
    if (this.#lease !== undefined) void this.#claimAgain(this.#lease);
  }

  /** Until it is served again, or lost. */
  async #claimAgain(lease: PartitionLease): Promise<void> {
    const { log, pool, partition } = this.#parts;
    if (this.#backoff.failures > 0) await this.#wait();
    while (!this.#released && this.#lease === lease) {
      try {
        const record = await this.record();
        if (!this.#isOurs(record)) return this.#lose(whyLost(record));
        if (await this.claim(record)) {
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
    return sleep(this.#parts.clock, this.#backoff.nextMs(), this.#release.signal).catch(() => undefined);
  }

  #confirm(): Promise<void> {
    this.#confirming ??= this.#confirmOnce().finally(() => {
      this.#confirming = undefined;
    });
    return this.#confirming;
  }

  async #confirmOnce(): Promise<void> {
    const { transport, clock, log, pool, partition } = this.#parts;
    const [lease, epoch] = [this.#lease, this.#epoch];
    if (lease === undefined || this.#feed === undefined) return;
    const sentAt = clock.monotonic();
    try {
      await transport.confirm({ pool, partition, epoch });
      if (this.#lease === lease) this.#confirmed(lease, sentAt);
    } catch (error) {
      if (error instanceof StaleEpochError) await this.#lookWhose(epoch);
      else log.debug({ pool, partition, reason: reasonOf(error) }, 'the epoch could not be confirmed');
    }
  }

  #confirmed(lease: PartitionLease, sentAt: number): void {
    lease.confirmed(sentAt);
    this.#parts.contacted(sentAt);
    if (this.#paused && lease.isFresh) {
      this.#paused = false;
      this.#events.resumed();
    }
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#events.paused();
  }

  /** Somebody waits for it. */
  async #confirmUntilFresh(lease: PartitionLease): Promise<void> {
    const backoff = new Backoff(this.#parts.random, { initialIntervalMs: 50, maxIntervalMs: 1_000 });
    while (this.#lease === lease && !lease.isFresh) {
      await this.#confirm();
      if (this.#lease === lease && !lease.isFresh) {
        await sleep(this.#parts.clock, backoff.nextMs(), this.#release.signal).catch(() => undefined);
      }
    }
  }

  /** The epoch was refused: by another's record, or by a write of ours that is under way. */
  async #lookWhose(epoch: number): Promise<void> {
    const { log, pool, partition } = this.#parts;
    try {
      const record = await this.record();
      if (epoch !== this.#epoch || this.#feed === undefined || record.revision === epoch) return;
      if (!this.#isOurs(record)) return this.#lose(whyLost(record));
      const feed = this.#feed;
      this.#broken(epoch, 'deleted');
      await feed.close();
    } catch (error) {
      log.debug({ pool, partition, reason: reasonOf(error) }, 'the ownership record could not be read');
    }
  }

  #lose(why: string): void {
    this.#suspend(why);
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#events.lost();
  }

  #suspend(why: string): void {
    const { log, pool, partition } = this.#parts;
    const [lease, feed] = [this.#lease, this.#feed];
    if (lease === undefined) return;
    const error = new PartitionLostError(pool, partition, lease.epoch, why);
    log.error({ pool, partition, epoch: lease.epoch, why }, 'partition lost: what was done for its agents ends here');
    this.#lease = undefined;
    this.#feed = undefined;
    this.#written = 0;
    this.#suspended = true;
    if (feed !== undefined) this.#events.closed();
    lease.end(error);
    this.#events.suspended(error);
    feed?.close().catch((cause: unknown) => {
      log.debug({ pool, partition, reason: reasonOf(cause) }, 'its consumer is left to the next owner');
    });
  }

  /** By compare-and-set on what we wrote: nobody else's record is touched. */
  async #writeTombstone(revision: number): Promise<void> {
    const { transport, clock, node } = this.#parts;
    if (revision === 0) return;
    this.#written = 0;
    try {
      await transport.bucket('owners').write(this.#key, releaseRecord(node, toIso(clock.now())), revision);
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }
}

function whyLost(record: OwnerRecord): string {
  switch (record.kind) {
    case 'owned':
      return `node "${record.node}" owns it now`;
    case 'released':
      return `node "${record.node}" released it`;
    case 'unreadable':
      return `its ownership record cannot be read: ${record.reason}`;
    case 'none':
      return 'its ownership record is gone';
    default:
      throw new Error(`unexpected record ${record satisfies never}`);
  }
}
