/** Serves a pool: claims its partitions, feeds the inbox, and acknowledges what is done. */
import type { PartitionLease } from '../cluster/partition-lease.ts';
import type { OwnerEvents } from '../cluster/partition-owner.ts';
import { PoolClaims, type Standing } from '../cluster/pool-claims.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { AckBatcher } from '../mailbox/ack-batcher.ts';
import { Archiver } from '../mailbox/archiver.ts';
import type { Inbox } from '../mailbox/inbox.ts';
import type { Held } from '../mailbox/lane.ts';
import type { Outcome } from '../mailbox/receiver.ts';
import { type Feed, type Transport, TransportUnavailableError } from '../transport/index.ts';

export interface PoolServerParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly inbox: Inbox;
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

/** What is finished while contact is too old waits for the next confirmation, copied. */
interface Finished {
  readonly held: Held;
  readonly outcome: Outcome;
}

export class PoolServer {
  readonly #parts: PoolServerParts;
  readonly #claims: PoolClaims;
  readonly #batchers: (AckBatcher | undefined)[] = [];
  /** None when nothing is archived. A new one after a loss of the partition. */
  readonly #archivers: (Archiver | undefined)[] = [];
  /** Finished while contact was too old, by partition. */
  readonly #finished: Finished[][] = [];
  #window: number;
  #hurried = false;

  constructor(parts: PoolServerParts) {
    this.#parts = parts;
    this.#window = parts.pullWindow;
    const { transport, clock, random, log, mesh, pool, node, partitions, standing } = parts;
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
    const waiting = this.#finished.reduce((sum, finished) => sum + (finished?.length ?? 0), 0);
    const confirming = this.#batchers.reduce((sum, batcher) => sum + (batcher?.unconfirmed ?? 0), waiting);
    return this.#archivers.reduce((sum, archiver) => sum + (archiver?.pending ?? 0), confirming);
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

  /** What was finished just now goes to the archive first; what comes again and is still on its way there waits for that. */
  settled(partition: number, seq: number, held?: Held, outcome?: Outcome): void {
    const archiver = this.#archivers[partition];
    if (archiver !== undefined && held !== undefined && outcome !== undefined) {
      if (this.leaseOf(partition)?.isFresh === true) return archiver.add(held, outcome);
      return this.#keep(partition, { held: copied(held), outcome });
    }
    if (archiver?.holds(seq) !== true) this.#batchers[partition]?.add(seq);
  }

  /** Pull, or leave what waits in the store. */
  setOpen(open: boolean): void {
    this.#window = open ? this.#parts.pullWindow : 0;
    for (const { feed, lease } of this.#claims.owners) feed?.window(lease?.isFresh === true ? this.#window : 0);
  }

  /** Whether somebody waits until everything is confirmed. */
  hurry(hurried: boolean): void {
    if (this.#hurried === hurried) return;
    this.#hurried = hurried;
    for (const archiver of this.#archivers) archiver?.hurry(hurried);
    for (const batcher of this.#batchers) batcher?.hurry(hurried);
  }

  /** Claims nothing any more; what is owned stays so until `release`. */
  stopClaiming(): void {
    this.#claims.stopClaiming();
  }

  async release(): Promise<void> {
    for (const archiver of this.#archivers) archiver?.stop();
    await this.#claims.release();
    for (const batcher of this.#batchers) batcher?.end();
  }

  /** Until contact is proved again. */
  #keep(partition: number, finished: Finished): void {
    const kept = this.#finished[partition] ?? [];
    this.#finished[partition] = kept;
    kept.push(finished);
    void this.leaseOf(partition)
      ?.whenFresh()
      .catch(() => undefined);
  }

  #archiveKept(partition: number): void {
    const kept = this.#finished[partition];
    if (kept === undefined || kept.length === 0 || this.leaseOf(partition)?.isFresh !== true) return;
    this.#finished[partition] = [];
    for (const { held, outcome } of kept) this.#archivers[partition]?.add(held, outcome);
  }

  #archiver(partition: number): Archiver {
    const { transport, clock, log, pool, node } = this.#parts;
    const key = `${pool}.${partition}`;
    const archiver = new Archiver({
      clock,
      log,
      store: async (payload, firstSeq) => {
        const lease = this.leaseOf(partition);
        if (lease === undefined) throw new TransportUnavailableError(`archiving for partition ${partition}`);
        if (!lease.isFresh) await lease.whenFresh();
        return transport.logs.archive.append({ key, messageId: `${node}.${key}.${firstSeq}`, payload });
      },
      stored: (seqs) => {
        for (const seq of seqs) this.#batchers[partition]?.add(seq);
      },
    });
    archiver.hurry(this.#hurried);
    return archiver;
  }

  #eventsOf(partition: number): OwnerEvents {
    const { clock, inbox, pool, archive, onConfirmed, suspended } = this.#parts;
    return {
      deliver: (delivery) => inbox.deliver(delivery),
      opened: (feed) => {
        if (archive) this.#archivers[partition] ??= this.#archiver(partition);
        const batcher = new AckBatcher(feed, clock, onConfirmed);
        batcher.hurry(this.#hurried);
        this.#batchers[partition] = batcher;
        feed.window(this.#window);
        inbox.resume(partition);
      },
      closed: () => {
        this.#batchers[partition]?.end();
        this.#batchers[partition] = undefined;
      },
      paused: () => this.#feedOf(partition)?.window(0),
      resumed: () => this.#feedOf(partition)?.window(this.#window),
      confirmed: () => this.#archiveKept(partition),
      suspended,
      lost: () => {
        this.#archivers[partition]?.stop();
        this.#archivers[partition] = undefined;
        this.#finished[partition] = [];
        inbox.forget(pool, partition);
        onConfirmed();
      },
    };
  }

  #feedOf(partition: number): Feed | undefined {
    return this.#claims.owners[partition]?.feed;
  }
}

/** A payload is a part of what came from the socket, valid only during the call. */
const copied = (held: Held): Held => ({ ...held, payload: new Uint8Array(held.payload) });
