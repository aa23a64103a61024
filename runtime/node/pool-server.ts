/** Serves a pool: claims its partitions, feeds the inbox, and acknowledges what is done. */
import { isNodeAlive } from '../cluster/node-report.ts';
import { PartitionOwner } from '../cluster/partition-owner.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { AckBatcher } from '../mailbox/ack-batcher.ts';
import { Archiver } from '../mailbox/archiver.ts';
import type { Inbox } from '../mailbox/inbox.ts';
import type { Held } from '../mailbox/lane.ts';
import type { Outcome } from '../mailbox/receiver.ts';
import type { Transport } from '../transport/index.ts';

export interface PoolServerParts {
  readonly transport: Transport;
  readonly clock: Clock;
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
}

/** Long enough for a busy node's loop, short enough for a person who waits. */
const aliveMs = 1_000;

export class PoolServer {
  readonly #parts: PoolServerParts;
  readonly #owners: PartitionOwner[] = [];
  readonly #batchers: (AckBatcher | undefined)[] = [];
  /** None when nothing is archived. */
  readonly #archivers: Archiver[] = [];
  #window: number;
  #hurried = false;

  constructor(parts: PoolServerParts) {
    this.#parts = parts;
    this.#window = parts.pullWindow;
    for (let p = 0; p < parts.partitions; p++) {
      this.#owners.push(this.#owner(p));
      if (parts.archive) this.#archivers.push(this.#archiver(p));
    }
  }

  /** Settled, and not yet known to be. */
  get unconfirmed(): number {
    const confirming = this.#batchers.reduce((sum, batcher) => sum + (batcher?.unconfirmed ?? 0), 0);
    return this.#archivers.reduce((sum, { pending }) => sum + pending, confirming);
  }

  /** Partitions that are fed. */
  get served(): number {
    return this.#owners.filter(({ feed }) => feed !== undefined).length;
  }

  get partitions(): number {
    return this.#owners.length;
  }

  /** Claims every partition. @throws PoolOccupiedError */
  async start(): Promise<void> {
    await Promise.all(this.#owners.map((owner) => owner.claim()));
  }

  /** What was finished just now goes to the archive first; what comes again and is still on its way there waits for that. */
  settled(partition: number, seq: number, held?: Held, outcome?: Outcome): void {
    const archiver = this.#archivers[partition];
    if (archiver !== undefined && held !== undefined && outcome !== undefined) return archiver.add(held, outcome);
    if (archiver?.holds(seq) !== true) this.#batchers[partition]?.add(seq);
  }

  /** Pull, or leave what waits in the store. */
  setOpen(open: boolean): void {
    this.#window = open ? this.#parts.pullWindow : 0;
    for (const owner of this.#owners) owner.feed?.window(this.#window);
  }

  /** Whether somebody waits until everything is confirmed. */
  hurry(hurried: boolean): void {
    if (this.#hurried === hurried) return;
    this.#hurried = hurried;
    for (const archiver of this.#archivers) archiver.hurry(hurried);
    for (const batcher of this.#batchers) batcher?.hurry(hurried);
  }

  async release(): Promise<void> {
    for (const archiver of this.#archivers) archiver.stop();
    await Promise.allSettled(this.#owners.map((owner) => owner.release()));
    for (const batcher of this.#batchers) batcher?.end();
  }

  #archiver(partition: number): Archiver {
    const { transport, clock, log, pool, node } = this.#parts;
    const key = `${pool}.${partition}`;
    return new Archiver({
      clock,
      log,
      store: (payload, firstSeq) =>
        transport.logs.archive.append({ key, messageId: `${node}.${key}.${firstSeq}`, payload }),
      stored: (seqs) => {
        for (const seq of seqs) this.#batchers[partition]?.add(seq);
      },
    });
  }

  #owner(partition: number): PartitionOwner {
    const { transport, clock, log, inbox, mesh, node, pool } = this.#parts;
    const isAlive = (other: string): Promise<boolean> => isNodeAlive(transport.signals, mesh, other, aliveMs);
    return new PartitionOwner(
      transport,
      clock,
      log,
      isAlive,
      { pool, partition, node },
      {
        deliver: (delivery) => inbox.deliver(delivery),
        opened: (feed) => {
          const batcher = new AckBatcher(feed, clock, this.#parts.onConfirmed);
          batcher.hurry(this.#hurried);
          this.#batchers[partition] = batcher;
          feed.window(this.#window);
        },
        closed: () => {
          this.#batchers[partition]?.end();
          this.#batchers[partition] = undefined;
        },
        lost: () => inbox.forget(pool, partition),
      },
    );
  }
}
