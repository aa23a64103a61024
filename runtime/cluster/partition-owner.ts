/**
 * One partition's ownership by this node.
 *
 * claiming ──▶ owning ──feed broken──▶ claiming (the next epoch)
 *    │                                     └ somebody else's record ──▶ lost
 *    ├ a living owner answers ──▶ PoolOccupiedError
 *    └ release() ──▶ released
 *
 * A claim: read the record, write ours in its place (the sequence of that write is the epoch), open the feed named after it,
 * read the record again. If it is no longer ours, close the feed and start over. The epoch in the consumer's name is never
 * used twice, so an acknowledgement that comes late goes nowhere.
 */
import { type Clock, sleep, toIso } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import {
  type Feed,
  type FeedBreak,
  RevisionConflictError,
  StaleEpochError,
  type Transport,
} from '../transport/index.ts';
import { PoolOccupiedError } from './cluster-errors.ts';

export interface OwnerSettings {
  readonly pool: string;
  readonly partition: number;
  readonly node: string;
}

export interface OwnerEvents {
  deliver(delivery: Delivery): void;
  /** A feed is open; everything unacknowledged comes again on it. */
  opened(feed: Feed): void;
  /** That feed is over. */
  closed(): void;
  /** Somebody else owns the partition now. */
  lost(): void;
}

interface OwnerRecord {
  readonly v: 1;
  readonly node: string;
  readonly claimed_at: string;
}

/** Does the node answer? */
export type IsAlive = (node: string) => Promise<boolean>;

const pauseMs = 100;

export class PartitionOwner {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #isAlive: IsAlive;
  readonly #settings: OwnerSettings;
  readonly #events: OwnerEvents;
  #feed: Feed | undefined;
  #epoch = 0;
  readonly #release = new AbortController();
  /** Our record is being written and the feed opened. */
  #taking: Promise<boolean> | undefined;

  constructor(
    transport: Transport,
    clock: Clock,
    log: Logger,
    isAlive: IsAlive,
    settings: OwnerSettings,
    events: OwnerEvents,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#log = log;
    this.#isAlive = isAlive;
    this.#settings = settings;
    this.#events = events;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get feed(): Feed | undefined {
    return this.#feed;
  }

  /** The first claim; gives up when it is released meanwhile. @throws PoolOccupiedError, TransportUnavailableError */
  async claim(): Promise<void> {
    const { pool, partition } = this.#settings;
    while (!this.#released) {
      const found = await this.#transport.owners.read(this.#key);
      const owner = found === undefined ? undefined : (JSON.parse(found.value) as OwnerRecord).node;
      if (owner !== undefined && owner !== this.#settings.node && (await this.#isAlive(owner))) {
        throw new PoolOccupiedError(pool, owner);
      }
      if (await this.#take(found?.revision ?? 0)) return;
      this.#log.debug({ pool, partition }, 'another node claimed the partition at the same moment');
      await this.#pause();
    }
  }

  /** Stops pulling and deletes the consumer, also one that is just being made: a successor need not wait for anything. */
  async release(): Promise<void> {
    this.#release.abort();
    await this.#taking?.catch(() => undefined);
    const feed = this.#feed;
    this.#feed = undefined;
    await feed?.close();
  }

  get #key(): string {
    return `${this.#settings.pool}.${this.#settings.partition}`;
  }

  get #released(): boolean {
    return this.#release.signal.aborted;
  }

  #pause(): Promise<void> {
    return sleep(this.#clock, pauseMs, this.#release.signal).catch(() => undefined);
  }

  /** Writes our record over `revision` and opens the feed. `false`: somebody else was faster, or it is released. */
  async #take(revision: number): Promise<boolean> {
    if (this.#released) return false;
    this.#taking = this.#write(revision);
    return this.#taking;
  }

  async #write(revision: number): Promise<boolean> {
    const { pool, partition, node } = this.#settings;
    const record: OwnerRecord = { v: 1, node, claimed_at: toIso(this.#clock.now()) };
    let feed: Feed | undefined;
    let brokenEarly = false;
    try {
      const epoch = await this.#transport.owners.write(this.#key, JSON.stringify(record), revision);
      feed = await this.#transport.openFeed(
        { pool, partition, epoch },
        {
          deliver: (delivery) => this.#events.deliver(delivery),
          broken: (reason) => {
            brokenEarly = true;
            this.#broken(epoch, reason);
          },
        },
      );
      const now = await this.#transport.owners.read(this.#key);
      if (now?.revision !== epoch || brokenEarly) {
        await feed.close();
        return false;
      }
      this.#epoch = epoch;
    } catch (error) {
      await feed?.close();
      if (error instanceof RevisionConflictError || error instanceof StaleEpochError) return false;
      throw error;
    }
    if (this.#released) await feed.close();
    else {
      this.#feed = feed;
      this.#events.opened(feed);
    }
    return true;
  }

  #broken(epoch: number, reason: FeedBreak): void {
    if (this.#released || epoch !== this.#epoch) return;
    this.#feed = undefined;
    this.#events.closed();
    this.#log.info(
      { pool: this.#settings.pool, partition: this.#settings.partition, epoch, reason },
      'feed broken, claiming again',
    );
    void this.#claimAgain();
  }

  /** Until it is ours again, or somebody else's. */
  async #claimAgain(): Promise<void> {
    while (!this.#released) {
      try {
        const found = await this.#transport.owners.read(this.#key);
        const owner = found === undefined ? undefined : (JSON.parse(found.value) as OwnerRecord).node;
        if (owner !== undefined && owner !== this.#settings.node) return this.#lose(owner);
        if (await this.#take(found?.revision ?? 0)) return;
      } catch (error) {
        this.#log.warn({ ...this.#settings, reason: reasonOf(error) }, 'claiming the partition again: no answer yet');
      }
      await this.#pause();
    }
  }

  #lose(owner: string): void {
    this.#log.error({ ...this.#settings, owner }, 'partition lost: another node owns it now');
    this.#events.lost();
  }
}
