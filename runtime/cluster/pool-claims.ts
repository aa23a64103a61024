/**
 * A node's part in a pool: it serves all of its partitions, or stands by for the node that does.
 *
 * claiming ──partition 0 is ours──▶ serving ──partition 0 is lost──▶ claiming
 *     ├ its owner lives ──▶ standing by ──it left or died──▶ claiming
 *     └ its record cannot be read ──▶ blocked
 *
 * The pool follows its partition 0: who owns that claims the others, who lost it hands the others over. So two nodes that race
 * for a pool never end with half of it each.
 */
import { setMaxListeners } from 'node:events';
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleep, type Timer, within } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { retry } from '../core/retry.ts';
import { ownerSubject, stateStream } from '../core/store-places.ts';
import { heartbeatSubject } from '../core/subjects.ts';
import type { Heartbeat, Transport } from '../transport/index.ts';
import { type ClaimPlan, planClaim } from './claim-plan.ts';
import { confirmEveryMs, contactTtlMs, proveWithinMs } from './contact-limits.ts';
import { Membership, type NodeState, readBeat, type Verdict } from './membership.ts';
import { isNodeAlive } from './node-answers.ts';
import type { OwnerEvents } from './owner-events.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { PartitionLease } from './partition-lease.ts';
import { PartitionOwner } from './partition-owner.ts';

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
  /** Told when its standing changes. */
  readonly stands: (standing: Standing) => void;
}

export type Standing =
  | { readonly kind: 'claiming' }
  | { readonly kind: 'serving' }
  /** For that node, which serves the pool. */
  | { readonly kind: 'standing_by'; readonly owner: string }
  | { readonly kind: 'blocked'; readonly reason: string };

export interface StoreSilence {
  readonly ms: number;
  readonly reason: string;
}

/** Of writes whose failure says no more. */
const unconfirmed = 'it confirms no write';

const claiming: Standing = Object.freeze({ kind: 'claiming' });
const serving: Standing = Object.freeze({ kind: 'serving' });
/** Before anything is known of an owner, between two looks. */
const lookMs = 100;
/** With a store that does not answer: others find a silent node out after three seconds. */
const releaseMs = 1_500;
/** For a node of a release without heartbeats to say that it lives. */
const aliveMs = 1_000;

export class PoolClaims {
  readonly #parts: PoolClaimsParts;
  readonly #membership = new Membership();
  readonly #owners: readonly PartitionOwner[];
  readonly #lead: PartitionOwner;
  readonly #followers: readonly PartitionOwner[];
  readonly #backoff: Backoff;
  readonly #reasons = new ReasonLog();
  readonly #contactReasons = new ReasonLog();
  /** Why a partition's record cannot be read. */
  readonly #unreadable = new Map<number, string>();
  readonly #closing = new AbortController();
  #heartbeat: Heartbeat | undefined;
  #stopListening: (() => void) | undefined;
  #said: NodeState | undefined;
  #timer: Timer | undefined;
  #standing: Standing = claiming;
  #looking: Promise<void> | undefined;
  #started = false;
  #contactAt = Number.NEGATIVE_INFINITY;
  #contactObstacle = unconfirmed;
  #tickedAt: number;
  /** Since when the main loop has been running without a long stop. */
  #awakeSince: number;
  #lookNotBefore = 0;

  constructor(parts: PoolClaimsParts) {
    this.#parts = parts;
    // each partition waits on it in a takeover, and Node would warn of a leak from the eleventh on
    setMaxListeners(0, this.#closing.signal);
    this.#backoff = new Backoff(parts.random);
    this.#tickedAt = parts.clock.monotonic();
    this.#awakeSince = this.#tickedAt;
    this.#lead = this.#owner(0);
    this.#followers = Array.from({ length: parts.partitions - 1 }, (_, n) => this.#owner(n + 1));
    this.#owners = [this.#lead, ...this.#followers];
  }

  /** By partition. */
  get owners(): readonly PartitionOwner[] {
    return this.#owners;
  }

  /** Asked for every intent. */
  leaseOf(partition: number): PartitionLease | undefined {
    return this.#owners[partition]?.lease;
  }

  get standing(): Standing {
    return this.#standing;
  }

  isDead(node: string): boolean {
    return this.#membership.verdict(node, this.#parts.clock.monotonic()) === 'dead';
  }

  /** Since when the store has taken no write that proves contact, and why, as far as is known; `undefined` before the first. */
  get silence(): StoreSilence | undefined {
    if (!Number.isFinite(this.#contactAt)) return undefined;
    return { ms: this.#parts.clock.monotonic() - this.#contactAt, reason: this.#contactObstacle };
  }

  /** A sentence for each partition that nobody can claim. */
  get obstacles(): readonly string[] {
    return [...this.#unreadable].map(
      ([p, reason]) => `the ownership record of partition ${p} cannot be read: ${reason}`,
    );
  }

  /** Resolves when the pool is served, or its owner is known to live. @throws TransportUnavailableError, ForeignConsumerError */
  async start(): Promise<void> {
    const { transport, clock, log, mesh, pool } = this.#parts;
    const subject = heartbeatSubject(mesh, pool);
    this.#stopListening = transport.signals.listen(subject, (text) => this.#heard(text));
    this.#heartbeat = transport.heartbeat(subject, (reason) =>
      log.warn(
        { pool, reason },
        'heartbeats have no thread: others take this node for dead when its loop is busy for 3 s',
      ),
    );
    this.#tick();
    await this.#prove();
    while (this.#standing.kind === 'claiming' && !this.#closing.signal.aborted) {
      await this.#lookOnce();
      if (this.#standing.kind === 'claiming') await sleep(clock, lookMs, this.#closing.signal).catch(() => undefined);
    }
    this.#started = true;
  }

  /** Claims nothing any more; what is owned stays confirmed. */
  stopClaiming(): void {
    this.#closing.abort();
    this.#beat();
  }

  /** Lets all partitions go, the one that the pool follows last. */
  async release(): Promise<void> {
    this.#closing.abort();
    await this.#looking?.catch(() => undefined);
    this.#timer?.cancel();
    await within(this.#parts.clock, releaseMs, this.#releaseAll());
    this.#stopListening?.();
    this.#say('left');
    await this.#heartbeat?.stop();
  }

  async #releaseAll(): Promise<void> {
    const { log, pool } = this.#parts;
    const followers = await Promise.allSettled(this.#followers.map((owner) => owner.release()));
    const lead = await Promise.allSettled([this.#lead.release()]);
    const failed = [...followers, ...lead].filter((result) => result.status === 'rejected');
    if (failed.length === 0) return;
    const reason = reasonOf(failed[0]?.reason);
    log.warn({ pool, partitions: failed.length, reason }, 'partitions not released: others learn it from the silence');
  }

  #owner(partition: number): PartitionOwner {
    const { transport, clock, random, log, pool, node, events } = this.#parts;
    const contacted = (sentAt: number): void => this.#contacted(sentAt);
    const parts = { transport, clock, random, log, pool, partition, node, contacted };
    return new PartitionOwner(parts, events(partition));
  }

  #tick(): void {
    const now = this.#parts.clock.monotonic();
    if (now - this.#tickedAt > contactTtlMs) this.#awakeSince = now;
    this.#tickedAt = now;
    this.#timer = this.#parts.clock.after(confirmEveryMs, () => this.#tick());
    for (const owner of this.#owners) owner.tick(now - this.#awakeSince);
    if (this.#owners.every(({ lease }) => lease === undefined)) this.#reach().catch(() => undefined);
    this.#beat();
    if (this.#started) void this.#lookAgain();
  }

  /** Before a claim, which one lost message does not end. @throws TransportUnavailableError */
  async #prove(): Promise<void> {
    const { clock, random } = this.#parts;
    await retry({ clock, random, withinMs: proveWithinMs, signal: this.#closing.signal }, () => this.#reach());
  }

  /** Proves contact for a node that owns nothing. @throws TransportUnavailableError */
  async #reach(): Promise<void> {
    const { transport, clock, log, pool } = this.#parts;
    const sentAt = clock.monotonic();
    try {
      await transport.reach(pool);
    } catch (error) {
      const reason = reasonOf(error);
      this.#contactObstacle = reason;
      if (this.#contactReasons.isNew(reason)) log.warn({ pool, reason }, 'no proof of contact with the store');
      throw error;
    }
    this.#contacted(sentAt);
  }

  #contacted(sentAt: number): void {
    const { clock, log, pool } = this.#parts;
    const now = clock.monotonic();
    this.#contactAt = Math.max(this.#contactAt, sentAt);
    this.#contactObstacle = unconfirmed;
    this.#membership.contacted(sentAt, now);
    this.#heartbeat?.contacted(now - sentAt);
    if (this.#contactReasons.recovered()) log.info({ pool }, 'contact with the store is proved again');
  }

  #heard(text: string): void {
    const beat = readBeat(text);
    const { clock, node } = this.#parts;
    if (beat === undefined || beat.node === node) return;
    this.#membership.heard(beat, clock.monotonic());
    if (beat.state === 'left' && this.#started) void this.#lookAgain();
  }

  /** The main loop's own heartbeat: in case that the thread has no connection. */
  #beat(): void {
    const state = this.#closing.signal.aborted ? 'draining' : this.#lead.lease === undefined ? 'standby' : 'serving';
    this.#say(state);
  }

  #say(state: NodeState): void {
    const { transport, clock, mesh, pool, node } = this.#parts;
    const fields = { v: 1, node, state };
    if (state !== this.#said) this.#heartbeat?.say(fields);
    this.#said = state;
    if (!transport.isConnected) return;
    const age = Math.round(Math.min(clock.monotonic() - this.#contactAt, Number.MAX_SAFE_INTEGER));
    transport.signals.notify(heartbeatSubject(mesh, pool), JSON.stringify({ ...fields, contact_ms: age }));
  }

  async #lookAgain(): Promise<void> {
    const { clock, log, pool } = this.#parts;
    if (this.#looking !== undefined || clock.monotonic() < this.#lookNotBefore) return;
    try {
      await this.#lookOnce();
      this.#backoff.reset();
      if (this.#reasons.recovered()) log.info({ pool }, 'the partitions of the pool can be claimed again');
    } catch (error) {
      this.#lookNotBefore = clock.monotonic() + this.#backoff.nextMs();
      const reason = reasonOf(error);
      if (this.#reasons.isNew(reason)) log.warn({ pool, reason }, 'partitions could not be claimed');
    }
  }

  #lookOnce(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    if (this.#lead.lease === undefined) {
      const plan = await this.#examine(this.#lead);
      if (plan.kind !== 'claim') await this.#handOverFollowers();
      if (this.#lead.lease === undefined) return this.#stand(standingOf(plan));
    }
    this.#stand(serving);
    const unowned = this.#followers.filter(({ lease }) => lease === undefined);
    await Promise.all(unowned.map((owner) => this.#examine(owner)));
  }

  async #handOverFollowers(): Promise<void> {
    const owned = this.#followers.filter(({ lease }) => lease !== undefined);
    await Promise.all(owned.map((owner) => owner.handOver('the pool follows its partition 0, which was lost')));
  }

  /** Looks whether a partition may be claimed, and does. @returns what was planned last */
  async #examine(owner: PartitionOwner): Promise<ClaimPlan> {
    const { clock } = this.#parts;
    const { record, plan } = await this.#plan(owner);
    if (plan.kind !== 'claim') owner.learn(record);
    if (plan.kind !== 'claim') return plan;
    const takesOver = record.kind === 'owned' && record.node !== this.#parts.node;
    if (plan.afterMs === 0 && !takesOver) {
      await owner.claim(record);
      return plan;
    }
    await sleep(clock, plan.afterMs, this.#closing.signal).catch(() => undefined);
    // a heartbeat may have waited in the socket while this process was busy: what was sent before our own contact is read before it
    await this.#prove();
    const again = await this.#plan(owner);
    const unchanged = again.record.revision === record.revision && again.plan.kind === 'claim';
    if (!unchanged || this.#closing.signal.aborted) return again.plan;
    await owner.claim(record);
    return again.plan;
  }

  async #plan(owner: PartitionOwner): Promise<{ readonly record: OwnerRecord; readonly plan: ClaimPlan }> {
    const { clock, random, node } = this.#parts;
    const record = await owner.record();
    const now = clock.monotonic();
    const asked = record.kind === 'owned' ? await this.#verdict(record.node) : undefined;
    const plan = planClaim(record, {
      node,
      rank: this.#lead.lease === undefined ? this.#membership.rank(node, now) : 0,
      random: random.next(),
      verdict: () => asked ?? 'unknown',
    });
    if (plan.kind === 'unreadable') this.#reportUnreadable(owner.partition, plan.reason);
    else this.#unreadable.delete(owner.partition);
    return { record, plan };
  }

  /** A node that was never heard may be of a release without heartbeats: it is asked. */
  async #verdict(owner: string): Promise<Verdict> {
    const { transport, clock, mesh, node } = this.#parts;
    const verdict = this.#membership.verdict(owner, clock.monotonic());
    if (verdict !== 'dead' || owner === node || this.#membership.hasHeard(owner)) return verdict;
    return (await isNodeAlive(transport.signals, mesh, owner, aliveMs)) ? 'alive' : 'dead';
  }

  #reportUnreadable(partition: number, reason: string): void {
    const { log, mesh, pool } = this.#parts;
    if (this.#unreadable.get(partition) === reason) return;
    this.#unreadable.set(partition, reason);
    log.error(
      { pool, partition, reason, subject: ownerSubject(mesh, pool, partition), stream: stateStream(mesh) },
      'the ownership record of a partition cannot be read, so nobody claims it: start the release that wrote it, or purge its subject',
    );
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

function standingOf(plan: ClaimPlan): Standing {
  if (plan.kind === 'unreadable') return { kind: 'blocked', reason: plan.reason };
  return plan.kind === 'wait' && plan.verdict === 'alive' ? { kind: 'standing_by', owner: plan.owner } : claiming;
}
