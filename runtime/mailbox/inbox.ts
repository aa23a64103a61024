/**
 * The mailboxes of one node: deliveries wait here, within a bounded memory, until the dispatcher hands them out.
 *
 * Architecture invariant: nothing is concluded from what is absent. A redelivery (after a reconnect, after `ack_wait`) is
 * recognised by the partition's delivery record; a delivery without a record is handled.
 */
import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Logger } from '../core/logger.ts';
import { isReplySubject } from '../core/subjects.ts';
import { TimerSet } from '../core/timer-set.ts';
import { DeliveryRecords } from './delivery-records.ts';
import { Dispatcher } from './dispatcher.ts';
import type { InboxCounts } from './inbox-counts.ts';
import { Intake } from './intake.ts';
import type { IntentHandler, Outcome } from './intent-handler.ts';
import { IntentQueue } from './intent-queue.ts';
import type { Lane, QueuedIntent } from './lane.ts';
import type { LaneLoader } from './lane-loader.ts';
import { LaneTable } from './lane-table.ts';
import type { LeaseOf } from './lease.ts';
import type { Mailbox } from './mailbox.ts';
import { MemoryBudget, type MemoryBudgetEvents, type MemoryBudgetSettings } from './memory-budget.ts';
import { PayloadReloader } from './payload-reloader.ts';

export interface InboxSettings extends MemoryBudgetSettings {
  /** Payloads kept per agent; later ones are reloaded from the store. */
  readonly payloadsPerAgent: number;
}

export interface InboxEvents extends MemoryBudgetEvents {
  /**
   * Called when an intent is finished, its payload valid only during the call.
   * @returns whether it goes to an archive, which calls `finish` once it is there; otherwise it is acknowledged at once
   */
  finished(lane: Lane, held: QueuedIntent, outcome: Outcome): boolean;
  /** Acknowledges a message that the current feed delivered. */
  acknowledge(pool: string, partition: number, seq: number): void;
  /** Excludes earlier deliveries from this sequence on from acknowledgement: the store has other messages there. */
  lost(pool: string, partition: number, fromSeq: number): void;
  /** Called when nothing is being handled, or nothing is held. */
  mayBeIdle(): void;
}

export interface InboxParts {
  readonly receiver: IntentHandler;
  readonly events: InboxEvents;
  readonly loader: LaneLoader;
  /** Deliveries from a partition that this node does not own are ignored. */
  readonly leaseOf: LeaseOf;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: InboxSettings;
}

export class Inbox {
  readonly #parts: InboxParts;
  readonly #timers: TimerSet;
  readonly #memory: MemoryBudget;
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  readonly #records: DeliveryRecords;
  readonly #lanes: LaneTable;
  readonly #queue: IntentQueue;
  #repeats = 0;

  constructor(parts: InboxParts) {
    const { clock, loader, receiver, events, settings, leaseOf, log } = parts;
    this.#parts = parts;
    this.#timers = new TimerSet(clock);
    this.#memory = new MemoryBudget(settings, events);
    this.#records = new DeliveryRecords((bytes) => this.#memory.records(bytes));
    this.#intake = new Intake(receiver, clock, this.#timers);
    this.#lanes = new LaneTable(this.#memory, this.#intake);
    this.#queue = new IntentQueue({
      lanes: this.#lanes,
      memory: this.#memory,
      payloadsPerAgent: settings.payloadsPerAgent,
      emptied: () => events.mayBeIdle(),
    });
    const reloader = new PayloadReloader({
      loader,
      memory: this.#memory,
      payloadsPerAgent: settings.payloadsPerAgent,
      expects: ({ at }, { seq, storedAt }) => this.#records.of(at.pool, at.partition).knows(seq, storedAt),
      loaded: (mailbox, lane, gone) => this.#loaded(mailbox, lane, gone),
    });
    this.#dispatcher = new Dispatcher({
      receiver,
      memory: this.#memory,
      intake: this.#intake,
      reloader,
      timers: this.#timers,
      leaseOf,
      log,
      settled: (lane, queued, outcome) => this.#settle(lane, queued, outcome),
      removed: (mailbox, lane) => this.#queue.remove(mailbox, lane),
      idle: () => events.mayBeIdle(),
    });
  }

  get counts(): InboxCounts {
    return {
      held: this.#memory.held,
      handling: this.#memory.handling,
      payloadBytes: this.#memory.payloadBytes,
      memoryBytes: this.#memory.memoryBytes,
      repeats: this.#repeats,
      mailboxes: this.#lanes.mailboxes,
      lanes: this.#lanes.lanes,
      throttled: this.#intake.throttled,
      unarchivedBytes: this.#memory.unarchivedBytes,
    };
  }

  /** Intents held of the partition that has most, if that may be as many as `from`; 0 otherwise, without a look. */
  mostHeld(from: number): number {
    return this.#memory.held < from ? 0 : this.#lanes.mostInPartition();
  }

  /** Intents held for the agents of each kind. Looks at every mailbox: for people and scrapes. */
  heldByKind(): ReadonlyMap<string, number> {
    return this.#lanes.heldByKind();
  }

  oldestByKind(): ReadonlyMap<string, number> {
    return this.#lanes.oldestByKind();
  }

  deliver(delivery: Delivery): void {
    const { pool, partition, seq, subject, payload, storedAt, headers } = delivery;
    const { events, log } = this.#parts;
    const lease = this.#parts.leaseOf(partition);
    if (lease === undefined) return;
    const standing = this.#records.of(pool, partition).check(seq, storedAt);
    if (standing !== 'new' && standing !== 'reused') {
      this.#repeats++;
      if (standing === 'finished') events.acknowledge(pool, partition, seq);
      return;
    }
    if (standing === 'reused') {
      log.error({ pool, partition, seq }, 'the store lost its newest messages and uses their sequences again');
      events.lost(pool, partition, seq);
      this.#queue.dropLost(pool, partition, seq);
    }
    if (isReplySubject(subject)) {
      this.#parts.receiver.reply(subject, payload);
      return this.finish(pool, partition, seq);
    }
    const entry = this.#lanes.open(subject);
    if (entry === undefined) {
      log.error({ subject, seq }, 'a message is discarded: its subject is not one of a lane');
      return this.finish(pool, partition, seq);
    }
    if (this.#dispatcher.canStart(entry, lease)) {
      return this.#dispatcher.start(entry, { seq, storedAt, payload, headers, attempts: 0 }, lease);
    }
    this.#queue.add(entry, delivery);
    this.#dispatcher.serve(entry.mailbox);
  }

  /** The partition's feed has ended, or another begins: everything unacknowledged is redelivered. */
  expectAgain(pool: string, partition: number): void {
    this.#records.of(pool, partition).expectAgain();
  }

  /** The intent needs no more work: acknowledges it, at once or when the current feed has delivered it, too. */
  finish(pool: string, partition: number, seq: number): void {
    if (this.#records.of(pool, partition).finish(seq)) this.#parts.events.acknowledge(pool, partition, seq);
  }

  /** The store has confirmed these acknowledgements. */
  confirmed(pool: string, partition: number, seqs: readonly number[]): void {
    this.#records.of(pool, partition).confirmed(seqs);
  }

  /** The partition's feed has delivered all that was stored when it opened. */
  caughtUp(pool: string, partition: number): void {
    this.#records.of(pool, partition).caughtUp();
  }

  /** Whether a finished intent can be acknowledged only when the current feed has delivered it, too. */
  awaits(pool: string, partition: number): boolean {
    return this.#records.of(pool, partition).awaits;
  }

  /**
   * Counts the change of the bytes that wait for the archive, negative for a decrease. Agents that waited for room in it
   * continue.
   */
  unarchived(bytes: number): void {
    this.#memory.unarchived(bytes);
    this.#dispatcher.serveWaiting();
  }

  /** Starts no further intent. Running ones continue; the rest stays in the store. */
  stop(): void {
    this.#dispatcher.stop();
    this.#memory.stop();
    this.#timers.stop();
  }

  /** Resumes the waiting lanes of a partition under its new lease. */
  resume(partition: number): void {
    this.#dispatcher.resume(partition);
  }

  /** Another node owns the partition: forgets it with every intent of it that is not being handled. */
  forget(pool: string, partition: number): void {
    this.#records.forget(pool, partition);
    this.#queue.dropPartition(pool, partition, (lane) => this.#dispatcher.forget(lane));
  }

  /** Archives a handled intent before it is acknowledged. */
  #settle(lane: Lane, queued: QueuedIntent, outcome: Outcome | undefined): void {
    const { pool, partition } = lane.at;
    const isOurs = queued.orphaned !== true;
    if (outcome !== undefined && this.#parts.events.finished(lane, queued, outcome)) {
      if (isOurs) this.#records.of(pool, partition).finishing(queued.seq);
    } else if (isOurs) this.finish(pool, partition, queued.seq);
  }

  #loaded(mailbox: Mailbox, lane: Lane, gone: readonly number[]): void {
    mailbox.list(lane);
    for (const seq of gone) {
      const { at, subject } = lane;
      this.#records.of(at.pool, at.partition).drop(seq);
      this.#parts.log.warn({ subject, seq }, 'a queued intent is no longer in the store: it was purged or lost there');
      this.#queue.remove(mailbox, lane);
    }
    this.#lanes.forgetEmpty(mailbox, lane);
    this.#dispatcher.serve(mailbox);
  }
}
