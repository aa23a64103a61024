/** Serves one partition while this node owns it: feeds the inbox, then archives and acknowledges finished intents. */
import type { DeadLetters } from '../actor/dead-letters.ts';
import type { OwnerEvents } from '../cluster/owner-events.ts';
import type { PartitionLease } from '../cluster/partition-lease.ts';
import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { AckBatcher } from '../mailbox/ack-batcher.ts';
import { Archiver } from '../mailbox/archiver.ts';
import type { Inbox } from '../mailbox/inbox.ts';
import type { Outcome } from '../mailbox/intent-handler.ts';
import type { Lane, QueuedIntent } from '../mailbox/lane.ts';
import { type Feed, type RecordLog, TransportUnavailableError } from '../transport/index.ts';
import { PartitionArchive } from './partition-archive.ts';
import type { TicketMarks } from './ticket-marks.ts';

export interface PartitionServerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly pool: string;
  /** `undefined`: nothing is archived. */
  readonly archive: RecordLog | undefined;
  readonly marks: TicketMarks;
  /** Called when everything acknowledged is confirmed, or no longer concerns this node. */
  readonly onConfirmed: () => void;
  /** Called when a lease ends. */
  readonly suspended: () => void;
  /** The number of messages to pull ahead now. */
  readonly window: () => number;
  readonly leaseOf: (partition: number) => PartitionLease | undefined;
}

export class PartitionServer implements OwnerEvents {
  readonly partition: number;
  readonly #parts: PartitionServerParts;
  #feed: Feed | undefined;
  /** One per feed. */
  #batcher: AckBatcher | undefined;
  /** Replaced after a loss of the partition. */
  #archiver: Archiver | undefined;
  #isEager = false;

  constructor(partition: number, parts: PartitionServerParts) {
    this.partition = partition;
    this.#parts = parts;
  }

  /** Number of intents finished but not yet archived. */
  get unarchived(): number {
    return this.#archiver?.pending ?? 0;
  }

  /** Number of acknowledgements sent but not confirmed. */
  get unconfirmed(): number {
    return this.#batcher?.unconfirmed ?? 0;
  }

  /** How long the oldest acknowledgement has waited for its confirmation, milliseconds. */
  get oldestUnconfirmedMs(): number {
    return this.#batcher?.oldestMs ?? 0;
  }

  /** How long the archive has refused what is offered, milliseconds. */
  get archiveStalledMs(): number {
    return this.#archiver?.stalledMs ?? 0;
  }

  /** Why it refuses; `undefined` while it accepts. */
  get archiveObstacle(): string | undefined {
    return this.#archiver?.obstacle;
  }

  /** @returns whether the intent goes to an archive: then it is acknowledged once it is archived */
  archive(lane: Lane, queued: QueuedIntent, outcome: Outcome): boolean {
    if (this.#archiver === undefined) return false;
    const { seq, ticketed, orphaned } = queued;
    if (ticketed !== undefined && orphaned !== true) this.#parts.marks.add(this.partition, seq, ticketed);
    this.#archiver.add(lane, queued, outcome);
    return true;
  }

  acknowledge(seq: number): void {
    this.#batcher?.add(seq);
  }

  /** Excludes deliveries from this sequence on from acknowledgement: the store has other messages there. */
  lose(fromSeq: number): void {
    this.#archiver?.lose(fromSeq);
    this.#parts.marks.lose(this.partition, fromSeq);
  }

  /** Sets whether a caller waits until everything is confirmed. */
  setEager(isEager: boolean): void {
    this.#isEager = isEager;
    this.#archiver?.setEager(isEager);
    this.#batcher?.setEager(isEager);
  }

  stopArchiving(): void {
    this.#archiver?.stop();
  }

  stopAcknowledging(): void {
    this.#batcher?.end();
  }

  deliver(delivery: Delivery): void {
    this.#parts.inbox.deliver(delivery);
  }

  opened(feed: Feed): void {
    const { clock, random, inbox, pool, onConfirmed, window } = this.#parts;
    this.#archiver ??= this.#newArchiver();
    inbox.expectAgain(pool, this.partition);
    this.#batcher = new AckBatcher(feed, clock, random, {
      confirmed: (seqs) => inbox.confirmed(pool, this.partition, seqs),
      idle: onConfirmed,
    });
    this.#batcher.setEager(this.#isEager);
    this.#feed = feed;
    feed.window(window());
    inbox.resume(this.partition);
  }

  closed(): void {
    this.#feed = undefined;
    this.#batcher?.end();
    this.#batcher = undefined;
    this.#parts.inbox.expectAgain(this.#parts.pool, this.partition);
  }

  paused(): void {
    this.#feed?.window(0);
  }

  resumed(): void {
    this.#feed?.window(this.#parts.window());
  }

  suspended(): void {
    this.#parts.suspended();
  }

  lost(): void {
    const { inbox, pool, marks, onConfirmed } = this.#parts;
    this.#archiver?.stop();
    this.#archiver = undefined;
    marks.lose(this.partition, 0);
    inbox.forget(pool, this.partition);
    onConfirmed();
  }

  #newArchiver(): Archiver | undefined {
    const { clock, random, log, inbox, deadLetters, pool, marks } = this.#parts;
    const { partition } = this;
    if (this.#parts.archive === undefined) return undefined;
    const archive = new PartitionArchive({ log: this.#parts.archive, deadLetters, pool, partition });
    const archiver = new Archiver({
      clock,
      random,
      log,
      maxBytes: () => archive.maxBytes,
      store: async (payload) => {
        await this.#provedOwner();
        return archive.store(payload);
      },
      note: async (group, reason) => {
        await this.#provedOwner();
        await archive.note(group, reason);
      },
      stored: (seqs) => {
        for (const seq of seqs) marks.after(partition, seq, () => inbox.finish(pool, partition, seq));
      },
      waiting: (bytes) => inbox.unarchived(bytes),
    });
    archiver.setEager(this.#isEager);
    return archiver;
  }

  /** Waits until contact with the store is proved: an intent finished under a lease must be archived under one. */
  async #provedOwner(): Promise<void> {
    const lease = this.#parts.leaseOf(this.partition);
    if (lease === undefined) throw new TransportUnavailableError(`archiving for partition ${this.partition}`);
    if (!lease.isFresh) await lease.whenFresh();
  }
}
