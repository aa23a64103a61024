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
import type { Outcome } from '../mailbox/intent-handler.ts';
import type { Lane, QueuedIntent } from '../mailbox/lane.ts';
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
  /** Whether to keep finished intents in the archive. */
  readonly archive: boolean;
  /** Called when everything settled is confirmed. */
  readonly onConfirmed: () => void;
  /** Called when a lease ends. */
  readonly suspended: () => void;
  /** Called when it serves the pool, stands by, or does neither yet. */
  readonly standing: (standing: Standing) => void;
}

/** Time for archiving and acknowledging finished intents before the partitions are released. */
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
      clock,
      random,
      log,
      inbox,
      deadLetters,
      pool,
      onConfirmed,
      suspended,
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

  /** Number of acknowledgements sent but not confirmed. */
  get unconfirmed(): number {
    return this.#partitions.reduce((sum, { unconfirmed }) => sum + unconfirmed, this.unarchived);
  }

  /** Number of intents finished but not yet archived. */
  get unarchived(): number {
    return this.#partitions.reduce((sum, { unarchived }) => sum + unarchived, this.#marks.pending);
  }

  /** How long the oldest acknowledgement has waited for its confirmation, milliseconds. */
  get oldestUnconfirmedMs(): number {
    return this.#partitions.reduce((oldest, { oldestUnconfirmedMs }) => Math.max(oldest, oldestUnconfirmedMs), 0);
  }

  /** How long the archive has refused what some partition offers, milliseconds. */
  get archiveStalledMs(): number {
    return this.#partitions.reduce((longest, { archiveStalledMs }) => Math.max(longest, archiveStalledMs), 0);
  }

  /** Why it refuses; `undefined` while it accepts. */
  get archiveObstacle(): string | undefined {
    return this.#partitions.find(({ archiveObstacle }) => archiveObstacle !== undefined)?.archiveObstacle;
  }

  /** Number of partitions with a feed. */
  get served(): number {
    return this.#claims.owners.filter(({ feed }) => feed !== undefined).length;
  }

  /** Number of partitions that this node should serve: none while it stands by. */
  get partitions(): number {
    return this.standing.kind === 'standing_by' ? this.served : this.#claims.owners.length;
  }

  get standing(): Standing {
    return this.#claims.standing;
  }

  /** Tells whether the node is dead, judged by heartbeats. */
  isDead(node: string): boolean {
    return this.#claims.isDead(node);
  }

  /** How long the store has accepted no write of this node, with the reason. */
  get silence(): StoreSilence | undefined {
    return this.#claims.silence;
  }

  /** Obstacles to claiming partitions, each a sentence. */
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

  /** @returns whether the intent goes to an archive: then it is acknowledged once it is archived */
  archive(lane: Lane, queued: QueuedIntent, outcome: Outcome): boolean {
    return this.#of(lane.at.partition).archive(lane, queued, outcome);
  }

  acknowledge(partition: number, seq: number): void {
    this.#of(partition).acknowledge(seq);
  }

  /** Excludes deliveries from this sequence on from acknowledgement: the store has other messages there. */
  lose(partition: number, fromSeq: number): void {
    this.#of(partition).lose(fromSeq);
  }

  /** Opens or closes pulling; while it is closed, waiting messages stay in the store. */
  setOpen(open: boolean): void {
    this.#window = open ? this.#parts.pullWindow : 0;
    for (const { feed, lease } of this.#claims.owners) feed?.window(lease?.isFresh === true ? this.#window : 0);
  }

  /** Sets whether a caller waits until everything is confirmed. */
  setEager(isEager: boolean): void {
    for (const partition of this.#partitions) partition.setEager(isEager);
  }

  /** Stops claiming; owned partitions stay owned until `release`. */
  stopClaiming(): void {
    this.#claims.stopClaiming();
  }

  /**
   * Pulls what an earlier feed delivered, so that it can be acknowledged: the present feed must deliver it first, or show that
   * the store has acknowledged it already. For a node that accepts nothing else any more.
   * @returns whether no finished intent waits for that
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

  /** Archives and acknowledges finished intents, which the next owner would otherwise handle again. */
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
