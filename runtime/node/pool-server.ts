/** Serves a pool: claims its partitions, each of which `partition-server.ts` serves. */
import type { DeadLetters } from '../actor/dead-letters.ts';
import type { PartitionLease } from '../cluster/partition-lease.ts';
import { PoolClaims } from '../cluster/pool-claims.ts';
import type { Standing } from '../cluster/standing.ts';
import type { StoreSilence } from '../cluster/store-contact.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import type { Inbox } from '../mailbox/inbox.ts';
import type { Lane, QueuedIntent } from '../mailbox/lane.ts';
import type { Outcome } from '../mailbox/receiver.ts';
import type { Transport } from '../transport/index.ts';
import { PartitionServer } from './partition-server.ts';
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
  readonly #partitions: readonly PartitionServer[];
  readonly #marks: TicketMarks;
  #window: number;

  constructor(parts: PoolServerParts) {
    this.#parts = parts;
    this.#window = parts.pullWindow;
    const { transport, clock, random, log, mesh, pool, node, partitions, standing } = parts;
    this.#marks = new TicketMarks({ handled: transport.log('handled'), log, pool });
    const { inbox, deadLetters, archive, onConfirmed, suspended } = parts;
    const shared = {
      ...{ clock, random, log, inbox, deadLetters, pool, onConfirmed, suspended },
      marks: this.#marks,
      archive: archive ? transport.log('archive') : undefined,
      window: () => this.#window,
      leaseOf: (partition: number) => this.#claims.leaseOf(partition),
    };
    this.#partitions = Array.from({ length: partitions }, (_, partition) => new PartitionServer(partition, shared));
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
      events: (partition) => this.#of(partition),
    });
  }

  /** Settled, and not yet known to be. */
  get unconfirmed(): number {
    return this.#partitions.reduce((sum, { unconfirmed }) => sum + unconfirmed, this.unarchived);
  }

  /** Finished, and not yet in the archive. */
  get unarchived(): number {
    return this.#partitions.reduce((sum, { unarchived }) => sum + unarchived, this.#marks.pending);
  }

  /** How long the oldest acknowledgement has waited for the server's word, milliseconds. */
  get oldestUnconfirmedMs(): number {
    return this.#partitions.reduce((oldest, { oldestUnconfirmedMs }) => Math.max(oldest, oldestUnconfirmedMs), 0);
  }

  /** How long the archive has not taken what some partition offers, milliseconds. */
  get archiveStalledMs(): number {
    return this.#partitions.reduce((longest, { archiveStalledMs }) => Math.max(longest, archiveStalledMs), 0);
  }

  /** Why it does not take it; `undefined` while it does. */
  get archiveObstacle(): string | undefined {
    return this.#partitions.find(({ archiveObstacle }) => archiveObstacle !== undefined)?.archiveObstacle;
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
  archive(lane: Lane, queued: QueuedIntent, outcome: Outcome): boolean {
    return this.#of(lane.at.partition).archive(lane, queued, outcome);
  }

  acknowledge(partition: number, seq: number): void {
    this.#of(partition).acknowledge(seq);
  }

  /** Acknowledges nothing that was delivered from this sequence on: the store has other messages there. */
  lose(partition: number, fromSeq: number): void {
    this.#of(partition).lose(fromSeq);
  }

  /** Pull, or leave what waits in the store. */
  setOpen(open: boolean): void {
    this.#window = open ? this.#parts.pullWindow : 0;
    for (const { feed, lease } of this.#claims.owners) feed?.window(lease?.isFresh === true ? this.#window : 0);
  }

  /** Whether something waits until everything is confirmed. */
  setEager(isEager: boolean): void {
    for (const partition of this.#partitions) partition.setEager(isEager);
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
    for (const partition of this.#partitions) partition.stopArchiving();
    await this.#claims.release();
    for (const partition of this.#partitions) partition.stopAcknowledging();
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

  /** @throws RangeError for a partition that the pool does not have: nothing is ever delivered from one */
  #of(partition: number): PartitionServer {
    const server = this.#partitions[partition];
    if (server === undefined) throw new RangeError(`pool "${this.#parts.pool}" has no partition ${partition}`);
    return server;
  }
}
