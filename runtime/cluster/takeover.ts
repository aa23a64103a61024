/**
 * Takes over partitions that a node does not own: plans by the ownership record, waits for higher-ranked nodes, plans again,
 * claims.
 */
import { type Clock, sleepUnlessAborted } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ownerSubject, stateStream } from '../core/store-places.ts';
import type { Transport } from '../transport/index.ts';
import { type ClaimPlan, planClaim } from './claim-plan.ts';
import type { Membership, Verdict } from './membership.ts';
import { isNodeAlive } from './node-answers.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { PartitionOwner } from './partition-owner.ts';

export interface TakeoverParts {
  readonly transport: Pick<Transport, 'signals'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly mesh: string;
  readonly pool: string;
  readonly node: string;
  readonly membership: Membership;
  /** Aborted when the node stops claiming. */
  readonly closing: AbortSignal;
  /** Does this node own the partition that the pool follows? */
  readonly isLeading: () => boolean;
  /** Proves contact with the store. @throws TransportUnavailableError */
  readonly prove: () => Promise<void>;
}

interface Planned {
  readonly record: OwnerRecord;
  readonly plan: ClaimPlan;
}

/** How long a node of a release without heartbeats has to answer that it is alive. */
const aliveMs = 1_000;

export class Takeover {
  readonly #parts: TakeoverParts;
  /** Why a partition's record is unreadable. */
  readonly #unreadable = new Map<number, string>();

  constructor(parts: TakeoverParts) {
    this.#parts = parts;
  }

  /** A sentence for each partition whose ownership record keeps every node from claiming it. */
  get obstacles(): readonly string[] {
    return [...this.#unreadable].map(
      ([p, reason]) => `the ownership record of partition ${p} cannot be read: ${reason}`,
    );
  }

  /** Claims the partition if the plan allows it. @returns the last plan */
  async attempt(owner: PartitionOwner): Promise<ClaimPlan> {
    const { clock, node, closing, prove } = this.#parts;
    const { record, plan } = await this.#plan(owner);
    if (plan.kind !== 'claim') {
      owner.learn(record);
      return plan;
    }
    const takesOver = record.kind === 'owned' && record.node !== node;
    if (plan.afterMs === 0 && !takesOver) {
      await owner.claim(record);
      return plan;
    }
    await sleepUnlessAborted(clock, plan.afterMs, closing);
    // a heartbeat may have waited in the socket while this process was busy: by the time the proof of contact arrives, earlier
    // ones are read
    await prove();
    const again = await this.#plan(owner);
    const unchanged = again.record.revision === record.revision && again.plan.kind === 'claim';
    if (unchanged && !closing.aborted) await owner.claim(record);
    return again.plan;
  }

  async #plan(owner: PartitionOwner): Promise<Planned> {
    const { clock, random, node, membership, isLeading } = this.#parts;
    const record = await owner.record();
    const now = clock.monotonic();
    const verdict = record.kind === 'owned' ? await this.#verdict(record.node) : 'unknown';
    const plan = planClaim(record, {
      node,
      rank: isLeading() ? 0 : membership.rank(node, now),
      random: random.next(),
      verdict: () => verdict,
    });
    if (plan.kind === 'unreadable') this.#reportUnreadable(owner.partition, plan.reason);
    else this.#unreadable.delete(owner.partition);
    return { record, plan };
  }

  /** Asks a node that never sent a heartbeat before it counts as dead: it may be of a release without heartbeats. */
  async #verdict(owner: string): Promise<Verdict> {
    const { transport, clock, mesh, node, membership } = this.#parts;
    const verdict = membership.verdict(owner, clock.monotonic());
    if (verdict !== 'dead' || owner === node || membership.hasHeard(owner)) return verdict;
    return (await isNodeAlive(transport.signals, mesh, owner, aliveMs)) ? 'alive' : 'dead';
  }

  #reportUnreadable(partition: number, reason: string): void {
    const { log, mesh, pool } = this.#parts;
    if (this.#unreadable.get(partition) === reason) return;
    this.#unreadable.set(partition, reason);
    log.error(
      { pool, partition, reason, subject: ownerSubject(mesh, pool, partition), stream: stateStream(mesh) },
      'the ownership record of a partition cannot be read, so no node claims it: start the release that wrote it, or purge its subject',
    );
  }
}
