/**
 * A node's part in a pool: it serves all of its partitions, or stands by for the node that does.
 *
 * claiming ──partition 0 is ours──▶ serving ──partition 0 is lost──▶ claiming
 *     ├ its owner lives ──▶ standing by ──it left or died──▶ claiming
 *     └ its record cannot be read ──▶ blocked
 *
 * The pool follows its partition 0: its owner claims the others, and hands them over when it loses partition 0. So two nodes
 * that race for a pool never end with half of it each.
 */
import { setMaxListeners } from 'node:events';
import { type Clock, sleepUnlessAborted, type Timer, within } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import type { Transport } from '../transport/index.ts';
import { ClaimRounds } from './claim-rounds.ts';
import { confirmEveryMs, contactTtlMs } from './contact-limits.ts';
import { type Beat, Membership } from './membership.ts';
import type { OwnerEvents } from './owner-events.ts';
import type { PartitionLease } from './partition-lease.ts';
import { PartitionOwner } from './partition-owner.ts';
import { PoolHeartbeat } from './pool-heartbeat.ts';
import { claiming, type Standing, serving, standingOf } from './standing.ts';
import { StoreContact, type StoreSilence } from './store-contact.ts';
import { Takeover } from './takeover.ts';

export interface PoolClaimsParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly mesh: string;
  readonly pool: string;
  readonly node: string;
  readonly partitions: number;
  readonly events: (partition: number) => OwnerEvents;
  /** Called when its standing changes. */
  readonly stands: (standing: Standing) => void;
}

/** Wait between two attempts at the start, while no owner is known. */
const lookMs = 100;
/** Limits the release of a node whose store does not answer: the others notice a silent node after three seconds. */
const releaseMs = 1_500;

export class PoolClaims {
  readonly #parts: PoolClaimsParts;
  readonly #membership = new Membership();
  readonly #contact: StoreContact;
  readonly #heartbeat: PoolHeartbeat;
  readonly #takeover: Takeover;
  readonly #owners: readonly PartitionOwner[];
  readonly #lead: PartitionOwner;
  readonly #followers: readonly PartitionOwner[];
  readonly #rounds: ClaimRounds;
  readonly #closing = new AbortController();
  #timer: Timer | undefined;
  #standing: Standing = claiming;
  #started = false;
  #tickedAt: number;
  /** When the main loop last resumed after a long stop. */
  #awakeSince: number;

  constructor(parts: PoolClaimsParts) {
    this.#parts = parts;
    const closing = this.#closing.signal;
    // each partition waits on it in a takeover: from the eleventh listener on Node would warn of a leak
    setMaxListeners(0, closing);
    this.#contact = new StoreContact({ ...parts, closing, proved: (sentAt, now) => this.#proved(sentAt, now) });
    this.#heartbeat = new PoolHeartbeat({
      ...parts,
      contactAgeMs: () => this.#contact.ageMs,
      heard: (beat) => this.#heard(beat),
    });
    this.#takeover = new Takeover({
      ...parts,
      closing,
      membership: this.#membership,
      isLeading: () => this.#isLeading,
      prove: () => this.#contact.prove(),
    });
    this.#rounds = new ClaimRounds({ ...parts, look: () => this.#look() });
    this.#tickedAt = parts.clock.monotonic();
    this.#awakeSince = this.#tickedAt;
    this.#lead = this.#owner(0);
    this.#followers = Array.from({ length: parts.partitions - 1 }, (_, n) => this.#owner(n + 1));
    this.#owners = [this.#lead, ...this.#followers];
  }

  /** The owners, indexed by partition. */
  get owners(): readonly PartitionOwner[] {
    return this.#owners;
  }

  /** Returns the lease; called for every intent. */
  leaseOf(partition: number): PartitionLease | undefined {
    return this.#owners[partition]?.lease;
  }

  get standing(): Standing {
    return this.#standing;
  }

  isDead(node: string): boolean {
    return this.#membership.verdict(node, this.#parts.clock.monotonic()) === 'dead';
  }

  /**
   * How long the store has confirmed no write that proves contact, with the last known reason; `undefined` before the first.
   */
  get silence(): StoreSilence | undefined {
    return this.#contact.silence;
  }

  /** A sentence for each partition whose ownership record keeps every node from claiming it. */
  get obstacles(): readonly string[] {
    return this.#takeover.obstacles;
  }

  /**
   * Resolves when the pool is served, or its owner is known to be alive. @throws TransportUnavailableError,
   * ForeignConsumerError
   */
  async start(): Promise<void> {
    const { clock } = this.#parts;
    this.#heartbeat.start();
    this.#tick();
    await this.#contact.prove();
    while (this.#standing.kind === 'claiming' && !this.#closing.signal.aborted) {
      await this.#rounds.run();
      if (this.#standing.kind === 'claiming') await sleepUnlessAborted(clock, lookMs, this.#closing.signal);
    }
    this.#started = true;
  }

  /** Stops claiming; continues to confirm the owned partitions. */
  stopClaiming(): void {
    this.#closing.abort();
    this.#beat();
  }

  /** Releases all partitions, the one that the pool follows last. */
  async release(): Promise<void> {
    this.#closing.abort();
    await this.#rounds.ended();
    this.#timer?.cancel();
    await within(this.#parts.clock, releaseMs, this.#releaseAll());
    await this.#heartbeat.leave();
  }

  async #releaseAll(): Promise<void> {
    const { log, pool } = this.#parts;
    const followers = await Promise.allSettled(this.#followers.map((owner) => owner.release()));
    const lead = await Promise.allSettled([this.#lead.release()]);
    const failed = [...followers, ...lead].filter((result) => result.status === 'rejected');
    if (failed.length === 0) return;
    const reason = reasonOf(failed[0]?.reason);
    log.warn(
      { pool, partitions: failed.length, reason },
      'partitions not released: others notice this node by its silence',
    );
  }

  #owner(partition: number): PartitionOwner {
    const { transport, clock, random, log, pool, node, events } = this.#parts;
    const contacted = (sentAt: number): void => this.#contact.contacted(sentAt);
    const parts = { transport, clock, random, log, pool, partition, node, contacted };
    return new PartitionOwner(parts, events(partition));
  }

  #tick(): void {
    const now = this.#parts.clock.monotonic();
    if (now - this.#tickedAt > contactTtlMs) this.#awakeSince = now;
    this.#tickedAt = now;
    this.#timer = this.#parts.clock.after(confirmEveryMs, () => this.#tick());
    for (const owner of this.#owners) owner.tick(now - this.#awakeSince);
    if (this.#owners.every(({ lease }) => lease === undefined)) this.#contact.reach().catch(() => undefined);
    this.#beat();
    if (this.#started) void this.#rounds.runAgain();
  }

  #proved(sentAt: number, now: number): void {
    this.#membership.contacted(sentAt, now);
    this.#heartbeat.contacted(now - sentAt);
  }

  #heard(beat: Beat): void {
    this.#membership.heard(beat, this.#parts.clock.monotonic());
    if (beat.state === 'left' && this.#started) void this.#rounds.runAgain();
  }

  get #isLeading(): boolean {
    return this.#lead.lease !== undefined;
  }

  #beat(): void {
    this.#heartbeat.beat(this.#closing.signal.aborted ? 'draining' : this.#isLeading ? 'serving' : 'standby');
  }

  async #look(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    if (!this.#isLeading) {
      const plan = await this.#takeover.attempt(this.#lead);
      if (plan.kind !== 'claim') await this.#handOverFollowers();
      if (!this.#isLeading) return this.#stand(standingOf(plan));
    }
    this.#stand(serving);
    const unowned = this.#followers.filter(({ lease }) => lease === undefined);
    await Promise.all(unowned.map((owner) => this.#takeover.attempt(owner)));
  }

  async #handOverFollowers(): Promise<void> {
    const owned = this.#followers.filter(({ lease }) => lease !== undefined);
    await Promise.all(owned.map((owner) => owner.handOver('the pool follows its partition 0, which was lost')));
  }

  #stand(standing: Standing): void {
    const { log, pool } = this.#parts;
    const [before, now] = [JSON.stringify(this.#standing), JSON.stringify(standing)];
    this.#standing = standing;
    if (before === now) return;
    log.info({ pool, ...standing }, 'standing of this node in its pool');
    this.#beat();
    this.#parts.stands(standing);
  }
}
