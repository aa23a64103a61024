/** Serves a pool: claims its partitions, feeds the inbox, and archives and acknowledges what is done. */
import type { DeadLetters } from '../actor/dead-letters.ts';
import type { PartitionLease } from '../cluster/partition-lease.ts';
import type { OwnerEvents } from '../cluster/partition-owner.ts';
import { PoolClaims, type Standing, type StoreSilence } from '../cluster/pool-claims.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { AckBatcher } from '../mailbox/ack-batcher.ts';
import { Archiver } from '../mailbox/archiver.ts';
import type { Inbox } from '../mailbox/inbox.ts';
import type { Lane, QueuedIntent } from '../mailbox/lane.ts';
import type { Outcome } from '../mailbox/receiver.ts';
import { type Feed, type Transport, TransportUnavailableError } from '../transport/index.ts';
import { PartitionArchive } from './partition-archive.ts';
import { TicketMarks } from './ticket-marks.ts';

export interface PoolServerParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly mesh: string;
  readonly node: string;
  readonly pool: string;
  readonly partitions: number;
  readonly pullWindow: number;
  /** Keep finished intents in the archive. */
  readonly archive: boolean;
  /** Everything settled has been confirmed. */
  readonly onConfirmed: () => void;
  /** A lease is over. */
  readonly suspended: () => void;
  /** It serves the pool, stands by, or does neither yet. */
  readonly standing: (standing: Standing) => void;
}

/** How long what is finished may take to be archived and acknowledged before the partitions are released. */
const settleMs = 1_000;
const settlePollMs = 5;

export class PoolServer {
  readonly #parts: PoolServerParts;
  readonly #claims: PoolClaims;
  readonly #batchers: (AckBatcher | undefined)[] = [];
  /** None when nothing is archived. A new one after a loss of the partition. */
  readonly #archivers: (Archiver | undefined)[] = [];
  readonly #marks: TicketMarks;
  #window: number;
  #isEager = false;

  constructor(parts: PoolServerParts) {
    this.#parts = parts;
    this.#window = parts.pullWindow;
    const { transport, clock, random, log, mesh, pool, node, partitions, standing } = parts;
    this.#marks = new TicketMarks({ handled: transport.log('handled'), log, pool });
    this.#claims = new PoolClaims({
      transport,
      clock,
      random,
      log,
      mesh,
      pool,
      node,
      partitions,
      stands: standing,
      events: (partition) => this.#eventsOf(partition),
    });
  }

  /** Settled, and not yet known to be. */
  get unconfirmed(): number {
    return this.#batchers.reduce((sum, batcher) => sum + (batcher?.unconfirmed ?? 0), this.unarchived);
  }

  /** Finished, and not yet in the archive. */
  get unarchived(): number {
    return this.#archivers.reduce((sum, archiver) => sum + (archiver?.pending ?? 0), this.#marks.pending);
  }

  /** How long the oldest acknowledgement has waited for the server's word, milliseconds. */
  get oldestUnconfirmedMs(): number {
    return this.#batchers.reduce((oldest, batcher) => Math.max(oldest, batcher?.oldestMs ?? 0), 0);
  }

  /** How long the archive has not taken what some partition offers, milliseconds. */
  get archiveStalledMs(): number {
    return this.#archivers.reduce((longest, archiver) => Math.max(longest, archiver?.stalledMs ?? 0), 0);
  }

  /** Why it does not take it; `undefined` while it does. */
  get archiveObstacle(): string | undefined {
    return this.#archivers.find((archiver) => archiver?.obstacle !== undefined)?.obstacle;
  }

  /** Partitions that are fed. */
  get served(): number {
    return this.#claims.owners.filter(({ feed }) => feed !== undefined).length;
  }

  /** Partitions that this node is to serve: none while it stands by. */
  get partitions(): number {
    return this.standing.kind === 'standing_by' ? this.served : this.#claims.owners.length;
  }

  get standing(): Standing {
    return this.#claims.standing;
  }

  /** As far as heartbeats tell. */
  isDead(node: string): boolean {
    return this.#claims.isDead(node);
  }

  /** Since when the store has taken no write of this node, and why. */
  get silence(): StoreSilence | undefined {
    return this.#claims.silence;
  }

  /** What keeps partitions from being claimed, each a sentence. */
  get obstacles(): readonly string[] {
    return this.#claims.obstacles;
  }

  leaseOf(partition: number): PartitionLease | undefined {
    return this.#claims.leaseOf(partition);
  }

  /** Claims every partition, or stands by. @throws TransportUnavailableError, ForeignConsumerError */
  async start(): Promise<void> {
    await this.#claims.start();
  }

  /** @returns whether it goes to an archive: it is acknowledged when it is there */
  archive(lane: Lane, held: QueuedIntent, outcome: Outcome): boolean {
    const { partition } = lane.at;
    const archiver = this.#archivers[partition];
    if (archiver === undefined) return false;
    if (held.ticketed !== undefined && held.orphaned !== true) this.#marks.add(partition, held.seq, held.ticketed);
    archiver.add(lane, held, outcome);
    return true;
  }

  acknowledge(partition: number, seq: number): void {
    this.#batchers[partition]?.add(seq);
  }

  /** Acknowledges nothing that was delivered from this sequence on: the store has other messages there. */
  lose(partition: number, fromSeq: number): void {
    this.#archivers[partition]?.lose(fromSeq);
    this.#marks.lose(partition, fromSeq);
  }

  /** Pull, or leave what waits in the store. */
  setOpen(open: boolean): void {
    this.#window = open ? this.#parts.pullWindow : 0;
    for (const { feed, lease } of this.#claims.owners) feed?.window(lease?.isFresh === true ? this.#window : 0);
  }

  /** Whether somebody waits until everything is confirmed. */
  setEager(isEager: boolean): void {
    if (this.#isEager === isEager) return;
    this.#isEager = isEager;
    for (const archiver of this.#archivers) archiver?.setEager(isEager);
    for (const batcher of this.#batchers) batcher?.setEager(isEager);
  }

  /** Claims nothing any more; what is owned stays so until `release`. */
  stopClaiming(): void {
    this.#claims.stopClaiming();
  }

  /**
   * What an earlier feed delivered is acknowledged on the next, which has to deliver it first, or to show that the store has
   * acknowledged it already. For a node that takes in nothing else any more.
   * @returns whether nothing that is finished waits for that
   */
  pullFinished(): boolean {
    const { inbox, pool, pullWindow } = this.#parts;
    let isDone = true;
    for (const { partition, feed, lease } of this.#claims.owners) {
      if (lease !== undefined && feed?.isCaughtUp === true) inbox.caughtUp(pool, partition);
      const awaits = lease !== undefined && inbox.awaits(pool, partition);
      feed?.window(awaits && lease.isFresh ? pullWindow : 0);
      if (awaits) isDone = false;
    }
    return isDone;
  }

  async release(): Promise<void> {
    await this.#settle();
    for (const archiver of this.#archivers) archiver?.stop();
    await this.#claims.release();
    for (const batcher of this.#batchers) batcher?.end();
    for (const { partition } of this.#claims.owners) this.#parts.inbox.forget(this.#parts.pool, partition);
  }

  /** What is finished is archived and acknowledged, or the next owner would handle it again. */
  async #settle(): Promise<void> {
    const { clock, transport } = this.#parts;
    const until = clock.monotonic() + settleMs;
    this.setEager(true);
    while (!this.#isSettled() && transport.isConnected && clock.monotonic() < until) {
      await sleep(clock, settlePollMs);
    }
  }

  #isSettled(): boolean {
    return this.pullFinished() && this.unconfirmed === 0;
  }

  #archiver(partition: number): Archiver {
    const { transport, clock, random, log, inbox, deadLetters, pool } = this.#parts;
    const archive = new PartitionArchive({ log: transport.log('archive'), deadLetters, pool, partition });
    const archiver = new Archiver({
      clock,
      random,
      log,
      maxBytes: () => archive.maxBytes,
      store: async (payload) => {
        await this.#provedOwner(partition);
        return archive.store(payload);
      },
      note: async (group, reason) => {
        await this.#provedOwner(partition);
        await archive.note(group, reason);
      },
      stored: (seqs) => {
        for (const seq of seqs) this.#marks.after(partition, seq, () => inbox.finish(pool, partition, seq));
      },
      waiting: (bytes) => inbox.unarchived(bytes),
    });
    archiver.setEager(this.#isEager);
    return archiver;
  }

  /** Waits until contact with the store is proved: what is finished under a lease is archived under one. */
  async #provedOwner(partition: number): Promise<void> {
    const lease = this.leaseOf(partition);
    if (lease === undefined) throw new TransportUnavailableError(`archiving for partition ${partition}`);
    if (!lease.isFresh) await lease.whenFresh();
  }

  #eventsOf(partition: number): OwnerEvents {
    const { clock, random, inbox, pool, archive, onConfirmed, suspended } = this.#parts;
    return {
      deliver: (delivery) => inbox.deliver(delivery),
      opened: (feed) => {
        if (archive) this.#archivers[partition] ??= this.#archiver(partition);
        inbox.expectAgain(pool, partition);
        const batcher = new AckBatcher(feed, clock, random, {
          confirmed: (seqs) => inbox.confirmed(pool, partition, seqs),
          idle: onConfirmed,
        });
        batcher.setEager(this.#isEager);
        this.#batchers[partition] = batcher;
        feed.window(this.#window);
        inbox.resume(partition);
      },
      closed: () => {
        this.#batchers[partition]?.end();
        this.#batchers[partition] = undefined;
        inbox.expectAgain(pool, partition);
      },
      paused: () => this.#feedOf(partition)?.window(0),
      resumed: () => this.#feedOf(partition)?.window(this.#window),
      // what is finished while contact is too old waits in its archiver, whose `store` waits for the proof
      confirmed: () => undefined,
      suspended,
      lost: () => {
        this.#archivers[partition]?.stop();
        this.#archivers[partition] = undefined;
        this.#marks.lose(partition, 0);
        inbox.forget(pool, partition);
        onConfirmed();
      },
    };
  }

  #feedOf(partition: number): Feed | undefined {
    return this.#claims.owners[partition]?.feed;
  }
}
