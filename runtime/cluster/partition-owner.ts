/**
 * One partition's ownership by this node.
 *
 * standby ──claim()──▶ claiming ──confirmed──▶ owning ◀──the next epoch──▶ claiming again, when the feed broke
 *    ▲                    │ another was faster   │ └──12 s without contact──▶ suspended ──claim() over our own record──▶ owning
 *    └────────────────────┴──another's record────┴──────────────────────────────┘
 * release() ──▶ released
 *
 * No epoch is used twice: an acknowledgement that comes late reaches no consumer.
 */
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import type { Feed, FeedBreak, Transport } from '../transport/index.ts';
import { PartitionLostError } from './cluster-errors.ts';
import { contactLostMs, contactTtlMs } from './contact-limits.ts';
import { EpochConfirmer } from './epoch-confirmer.ts';
import type { OwnerEvents } from './owner-events.ts';
import type { OwnerRecord } from './owner-record.ts';
import { OwnerRecordStore } from './owner-record-store.ts';
import { claimPartition } from './partition-claim.ts';
import type { PartitionLease } from './partition-lease.ts';
import { lossOf } from './partition-loss.ts';
import { ReclaimLoop, type ReclaimResult } from './reclaim-loop.ts';

export interface OwnerParts {
  readonly transport: Pick<Transport, 'bucket' | 'openFeed' | 'confirm'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  readonly partition: number;
  readonly node: string;
  /** Called when a confirmation came back, with the monotonic time at which it was sent. */
  readonly contacted: (sentAt: number) => void;
}

export class PartitionOwner {
  readonly #parts: OwnerParts;
  readonly #events: OwnerEvents;
  readonly #records: OwnerRecordStore;
  readonly #confirmer: EpochConfirmer;
  readonly #reclaim: ReclaimLoop;
  readonly #release = new AbortController();
  #lease: PartitionLease | undefined;
  #feed: Feed | undefined;
  #epoch = 0;
  /** The lease has ended, and no other node is known to have owned the partition since. */
  #suspended = false;
  /** The claim in progress. */
  #taking: Promise<boolean> | undefined;

  constructor(parts: OwnerParts, events: OwnerEvents) {
    const released = this.#release.signal;
    this.#parts = parts;
    this.#events = events;
    this.#records = new OwnerRecordStore(parts);
    this.#reclaim = new ReclaimLoop({ ...parts, released });
    this.#confirmer = new EpochConfirmer({
      ...parts,
      released,
      lease: () => this.#lease,
      openEpoch: () => (this.#feed === undefined ? undefined : this.#epoch),
      refused: (epoch) => this.#refused(epoch),
      paused: () => this.#events.paused(),
      resumed: () => this.#events.resumed(),
    });
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

  /** The partition is owned while this is set. */
  get lease(): PartitionLease | undefined {
    return this.#lease;
  }

  /** Reads the newest record from the leader: only `confirm` proves whether it is this node's. */
  record(): Promise<OwnerRecord> {
    return this.#records.read();
  }

  /** Call it with a record that must not be claimed over: it may show that a suspended partition is lost. */
  learn(record: OwnerRecord): void {
    if (this.#suspended && lossOf(record, this.#parts.node) !== undefined) {
      this.#suspended = false;
      this.#events.lost();
    }
  }

  /**
   * Writes this node's record over that one, then serves the partition.
   * @returns `false` when another node was faster, the feed broke at once, or the partition is released meanwhile
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

  /** Call it every second. @param awakeMs how long the main loop has been running without a long stop */
  tick(awakeMs: number): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    if (lease.age > contactLostMs && awakeMs >= contactTtlMs) {
      return this.#suspend(`no contact with the store for ${contactLostMs / 1000} s`);
    }
    this.#confirmer.pauseUnlessFresh(lease);
    void this.#confirmer.confirm();
  }

  /** Gives the partition up while the node runs on: ends the work for it, deletes the consumer, writes the tombstone. */
  async handOver(why: string): Promise<void> {
    const [feed, written] = [this.#feed, this.#records.written];
    this.#feed = undefined;
    if (feed !== undefined) this.#events.closed();
    this.#lose(why);
    await feed?.close();
    await this.#records.writeTombstone(written);
  }

  /**
   * Releases the partition when the node stops: stops pulling, deletes the consumer, also one in the making, writes the
   * tombstone.
   */
  async release(): Promise<void> {
    this.#release.abort();
    await this.#taking?.catch(() => undefined);
    const { pool, partition } = this.#parts;
    const [feed, lease] = [this.#feed, this.#lease];
    this.#feed = undefined;
    this.#lease = undefined;
    lease?.end(new PartitionLostError(pool, partition, lease.epoch, 'the node stops'));
    await feed?.close();
    await this.#records.writeTombstone(this.#records.written);
  }

  get #released(): boolean {
    return this.#release.signal.aborted;
  }

  #take(revision: number): Promise<boolean> {
    const parts = { ...this.#parts, records: this.#records, released: this.#release.signal };
    return claimPartition(parts, revision, {
      deliver: (delivery) => this.#events.deliver(delivery),
      // over a record of this node the write proves as much as a confirmation
      recorded: (sentAt) => this.#lease && this.#confirmer.confirmed(this.#lease, sentAt),
      confirmed: (feed, epoch, sentAt) => this.#serve(feed, epoch, sentAt),
      broken: (epoch, reason) => this.#broken(epoch, reason),
    });
  }

  #serve(feed: Feed, epoch: number, sentAt: number): void {
    this.#epoch = epoch;
    this.#feed = feed;
    this.#reclaim.opened();
    const lease = this.#lease ?? this.#confirmer.newLease(epoch, sentAt);
    this.#lease = lease;
    this.#suspended = false;
    lease.epoch = epoch;
    this.#confirmer.begin();
    this.#events.opened(feed, lease);
    this.#confirmer.confirmed(lease, sentAt);
  }

  #broken(epoch: number, reason: FeedBreak): void {
    const { log, pool, partition } = this.#parts;
    if (this.#released || epoch !== this.#epoch || this.#feed === undefined) return;
    this.#feed = undefined;
    this.#events.closed();
    log.info({ pool, partition, epoch, reason }, 'feed broken, claiming again');
    this.#reclaim.broken();
    if (this.#lease !== undefined) this.#claimAgain(this.#lease);
  }

  #claimAgain(lease: PartitionLease): void {
    const isNeeded = (): boolean => !this.#released && this.#lease === lease;
    void this.#reclaim.run(isNeeded, () => this.#tryAgain());
  }

  async #tryAgain(): Promise<ReclaimResult> {
    const record = await this.record();
    const loss = lossOf(record, this.#parts.node);
    if (loss === undefined) return (await this.claim(record)) ? 'served' : 'refused';
    this.#lose(loss);
    return 'lost';
  }

  /** Finds out why the epoch was refused: by another node's record, or by a write of this node in progress. */
  async #refused(epoch: number): Promise<void> {
    const { log, pool, partition } = this.#parts;
    try {
      const record = await this.record();
      if (epoch !== this.#epoch || this.#feed === undefined || record.revision === epoch) return;
      const loss = lossOf(record, this.#parts.node);
      if (loss !== undefined) return this.#lose(loss);
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
    log.error({ pool, partition, epoch: lease.epoch, why }, 'partition lost: the work for its agents ends here');
    this.#lease = undefined;
    this.#feed = undefined;
    this.#records.superseded();
    this.#suspended = true;
    if (feed !== undefined) this.#events.closed();
    lease.end(error);
    this.#events.suspended(error);
    feed?.close().catch((cause: unknown) => {
      log.debug({ pool, partition, reason: reasonOf(cause) }, 'the next owner deletes its consumer');
    });
  }
}
