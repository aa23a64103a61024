/**
 * The mailboxes of one node: takes in deliveries, keeps them within a bounded memory, hands one intent at a time per agent to
 * the receiver, and gives them back to be acknowledged.
 *
 * Architecture invariant: nothing is concluded from what is absent. A redelivery (after a reconnect, after `ack_wait`) is
 * recognised by the partition's delivery record, and what is in no record is handled.
 */
import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { isReplySubject } from '../core/subjects.ts';
import { TimerSet } from '../core/timer-set.ts';
import { DeliveryRecords } from './delivery-records.ts';
import { Intake } from './intake.ts';
import type { Held, Lane } from './lane.ts';
import type { LaneLoader } from './lane-loader.ts';
import type { Lease, LeaseOf } from './lease.ts';
import type { Mailbox } from './mailbox.ts';
import { Occupancy, type OccupancyEvents, type OccupancySettings } from './occupancy.ts';
import { PayloadReloader } from './payload-reloader.ts';
import { type Place, Places } from './places.ts';
import type { Outcome, Receiver, Verdict } from './receiver.ts';

export interface InboxSettings extends OccupancySettings {
  /** Payloads kept per agent; those after them are read again from the store. */
  readonly residentPerAgent: number;
}

export interface InboxEvents extends OccupancyEvents {
  /**
   * An intent was finished, its payload valid only during the call.
   * @returns whether it goes to an archive: then `archived` is to be called when it is there
   */
  finished(lane: Lane, held: Held, outcome: Outcome): boolean;
  /** Acknowledge this: the current feed delivered it. */
  acknowledge(pool: string, partition: number, seq: number): void;
  /** From this sequence on the store has other messages: nothing that was delivered before may be acknowledged there. */
  lost(pool: string, partition: number, fromSeq: number): void;
  /** Nothing is being handled, or nothing is held. */
  quieter(): void;
}

export interface InboxParts {
  readonly receiver: Receiver;
  readonly events: InboxEvents;
  readonly loader: LaneLoader;
  /** What comes from a partition that is not this node's is not taken in. */
  readonly leaseOf: LeaseOf;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: InboxSettings;
}

export interface InboxCounts {
  readonly held: number;
  readonly handling: number;
  readonly payloadBytes: number;
  readonly memoryBytes: number;
  readonly repeats: number;
  readonly mailboxes: number;
  readonly lanes: number;
  /** Mailboxes whose intake bucket is empty. */
  readonly throttled: number;
  /** Finished, and not in the archive yet. */
  readonly unarchivedBytes: number;
}

/** A receiver that threw although it must not. */
const afterThrow: Verdict = Object.freeze({ kind: 'again', afterMs: 5_000 });

export class Inbox {
  readonly #parts: InboxParts;
  readonly #timers: TimerSet;
  readonly #occupancy: Occupancy;
  readonly #intake: Intake;
  readonly #reloader: PayloadReloader;
  readonly #records: DeliveryRecords;
  /** They wait until the archive has taken more of what is finished. */
  readonly #waiting = new Set<Mailbox>();
  readonly #places: Places;
  /** Lanes that wait until contact with the store is proved. */
  readonly #heldBack = new Map<Lane, Mailbox>();
  #repeats = 0;
  #stopped = false;

  constructor(parts: InboxParts) {
    const { clock, loader, receiver, events, settings } = parts;
    this.#parts = parts;
    this.#timers = new TimerSet(clock);
    this.#occupancy = new Occupancy(settings, events);
    this.#records = new DeliveryRecords((bytes) => this.#occupancy.records(bytes));
    this.#intake = new Intake(receiver, clock, this.#timers);
    this.#places = new Places(this.#occupancy, this.#intake);
    this.#reloader = new PayloadReloader({
      loader,
      occupancy: this.#occupancy,
      residentPerAgent: settings.residentPerAgent,
      expects: ({ at }, { seq, storedAt }) => this.#records.of(at.pool, at.partition).knows(seq, storedAt),
      loaded: (mailbox, lane, gone) => this.#loaded(mailbox, lane, gone),
    });
  }

  /** Intents held, those of them being handled, payload bytes held, memory estimated, redeliveries recognised, mailboxes in memory. */
  get counts(): InboxCounts {
    return {
      held: this.#occupancy.held,
      handling: this.#occupancy.handling,
      payloadBytes: this.#occupancy.payloadBytes,
      memoryBytes: this.#occupancy.memoryBytes,
      repeats: this.#repeats,
      mailboxes: this.#places.mailboxes,
      lanes: this.#places.lanes,
      throttled: this.#intake.throttled,
      unarchivedBytes: this.#occupancy.unarchivedBytes,
    };
  }

  /** Intents held of the partition that has most, if that may be as many as `from`; 0 otherwise, without a look. */
  mostHeld(from: number): number {
    return this.#occupancy.held < from ? 0 : this.#places.mostInPartition();
  }

  /** Intents held for the agents of each kind. Looks at every mailbox: for people and scrapes. */
  heldByKind(): ReadonlyMap<string, number> {
    return this.#places.heldByKind();
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
      this.#lose(pool, partition, seq);
    }
    if (isReplySubject(subject)) {
      this.#parts.receiver.reply(subject, payload);
      return this.finish(pool, partition, seq);
    }
    const place = this.#places.open(subject);
    if (place === undefined) {
      log.error({ subject, seq }, 'a message is discarded: its subject is not one of a lane');
      return this.finish(pool, partition, seq);
    }
    if (this.#canStart(place, lease)) this.#start(place, { seq, storedAt, payload, headers, attempts: 0 }, lease);
    else this.#queue(place, delivery);
  }

  /** The partition's feed is over, or another begins: everything unacknowledged is delivered again. */
  expectAgain(pool: string, partition: number): void {
    this.#records.of(pool, partition).expectAgain();
  }

  /** Nothing has to be done for it any more: it is acknowledged, at once or when the current feed has delivered it, too. */
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

  /** Is something finished that can be acknowledged only when the current feed has delivered it, too? */
  awaits(pool: string, partition: number): boolean {
    return this.#records.of(pool, partition).awaits;
  }

  /** So many bytes more wait for the archive, or fewer: negative. Then agents that waited for that go on. */
  unarchived(bytes: number): void {
    this.#occupancy.unarchived(bytes);
    if (this.#waiting.size === 0 || !this.#occupancy.mayHandOut) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const mailbox of waiting) this.#serve(mailbox);
  }

  /** Starts nothing any more. What is being handled goes on; the rest stays in the store. */
  stop(): void {
    this.#stopped = true;
    this.#occupancy.stop();
    this.#timers.stop();
  }

  /** The partition is this node's under a new lease: lanes that wait for it go on. */
  resume(partition: number): void {
    for (const lane of [...this.#heldBack.keys()]) if (lane.at.partition === partition) this.#goOn(lane);
  }

  /** Somebody else owns the partition: forgets it, and everything of it that is not being handled. */
  forget(pool: string, partition: number): void {
    this.#records.forget(pool, partition);
    for (const { lane, mailbox } of this.#places.of(pool, partition)) {
      const before = lane.residents;
      const { count, bytes } = lane.dropAll();
      this.#occupancy.keep(mailbox, lane.residents - before, -bytes);
      if (this.#heldBack.delete(lane)) lane.pausing = false;
      for (let i = 0; i < count; i++) this.#leave(mailbox, lane);
    }
  }

  /** What the store lost and this node would have had to read again. */
  #lose(pool: string, partition: number, fromSeq: number): void {
    this.#parts.events.lost(pool, partition, fromSeq);
    for (const { lane, mailbox } of this.#places.of(pool, partition)) {
      for (let lost = lane.lose(fromSeq); lost > 0; lost--) this.#leave(mailbox, lane);
    }
  }

  /** An idle agent gets its intent at once: nothing is queued for it, and nothing copied. */
  #canStart({ lane, mailbox }: Place, lease: Lease): boolean {
    if (this.#stopped || !mailbox.isFree || lane.length > 0 || lane.loading) return false;
    if (!lease.isFresh || !this.#occupancy.mayHandOut) return false;
    return this.#intake.rule(mailbox, lane) === undefined;
  }

  #start({ lane, mailbox }: Place, held: Held, lease: Lease): void {
    this.#occupancy.add(mailbox, lane.at.pool);
    this.#occupancy.keep(mailbox, 1, held.payload.length);
    lane.start(held);
    if (this.#hand(mailbox, lane, held, lease)) this.#serve(mailbox);
  }

  /** What waits is copied: a payload is a part of what came from the socket, and would keep all of that in memory. */
  #queue({ lane, mailbox }: Place, delivery: Delivery): void {
    const { payload } = delivery;
    const fits = mailbox.residents < this.#parts.settings.residentPerAgent && this.#occupancy.fits(payload.length);
    if (lane.add(delivery, fits ? new Uint8Array(payload) : payload, fits))
      this.#occupancy.keep(mailbox, 1, payload.length);
    this.#occupancy.add(mailbox, lane.at.pool);
    mailbox.list(lane);
    this.#serve(mailbox);
  }

  /** Hands out intents while the agent is free. A receiver that answers at once is served in a loop, not by recursion. */
  #serve(mailbox: Mailbox): void {
    while (!mailbox.busy && !this.#stopped) {
      if (!this.#occupancy.mayHandOut) {
        this.#waiting.add(mailbox);
        return;
      }
      const lane = mailbox.next();
      if (lane === undefined) return;
      const lease = this.#parts.leaseOf(lane.at.partition);
      if (lease?.isFresh !== true) {
        this.#holdBack(mailbox, lane, lease);
        continue;
      }
      const held = lane.take();
      if (held === undefined) {
        if (!this.#reloader.load(mailbox, lane)) return mailbox.giveBack(lane);
        continue;
      }
      if (!this.#intake.pay(mailbox, lane, held, () => this.#serve(mailbox))) {
        lane.putBack();
        mailbox.giveBack(lane);
        continue;
      }
      this.#reloader.loadAhead(mailbox, lane);
      if (!this.#hand(mailbox, lane, held, lease)) return;
    }
  }

  /**
   * Contact with the store is too old to begin anything: others may own the partition by now. Its lane waits for a confirmation, or
   * for the next lease; if the partition is lost, what the lane holds is forgotten.
   */
  #holdBack(mailbox: Mailbox, lane: Lane, lease: Lease | undefined): void {
    lane.pausing = true;
    this.#heldBack.set(lane, mailbox);
    lease?.whenFresh().then(
      () => this.#goOn(lane),
      () => undefined,
    );
  }

  #goOn(lane: Lane): void {
    const mailbox = this.#heldBack.get(lane);
    if (mailbox === undefined) return;
    this.#heldBack.delete(lane);
    lane.pausing = false;
    mailbox.list(lane);
    this.#serve(mailbox);
  }

  /** @returns whether the receiver was done with it at once */
  #hand(mailbox: Mailbox, lane: Lane, held: Held, lease: Lease): boolean {
    held.attempts++;
    mailbox.busy = true;
    this.#occupancy.started();
    const verdict = this.#ask(lane, held, lease);
    if (verdict instanceof Promise) {
      held.payload = new Uint8Array(held.payload);
      const conclude = (given: Verdict): void => {
        this.#conclude(mailbox, lane, held, lease, given);
        this.#serve(mailbox);
      };
      void verdict.then(conclude, (error) => conclude(this.#thrown(lane, held, error)));
      return false;
    }
    this.#conclude(mailbox, lane, held, lease, verdict);
    return true;
  }

  #ask(lane: Lane, held: Held, lease: Lease): Verdict | Promise<Verdict> {
    try {
      return this.#parts.receiver.handle(lane, held, lease);
    } catch (error) {
      return this.#thrown(lane, held, error);
    }
  }

  #thrown({ subject }: Lane, { seq }: Held, error: unknown): Verdict {
    this.#parts.log.error({ subject, seq, reason: reasonOf(error) }, 'a receiver threw: it will be asked again');
    return afterThrow;
  }

  #conclude(mailbox: Mailbox, lane: Lane, held: Held, lease: Lease, verdict: Verdict): void {
    const { events } = this.#parts;
    mailbox.busy = false;
    this.#occupancy.finished();
    if (lane.disowned) {
      lane.finish();
      this.#occupancy.keep(mailbox, -1, -held.payload.length);
      mailbox.list(lane);
      this.#leave(mailbox, lane);
    } else if (lease.lost !== undefined) {
      // perhaps another node's by now: it counts as not begun, and waits for the next lease
      held.attempts--;
      held.payload = new Uint8Array(held.payload);
      lane.putBack();
      mailbox.list(lane);
    } else if (verdict.kind === 'again') {
      held.payload = new Uint8Array(held.payload);
      lane.putBack();
      lane.pausing = true;
      this.#timers.after(verdict.afterMs, () => {
        lane.pausing = false;
        mailbox.list(lane);
        this.#serve(mailbox);
      });
    } else {
      lane.finish();
      this.#occupancy.keep(mailbox, -1, -held.payload.length);
      this.#settle(lane, held, verdict.outcome);
      mailbox.list(lane);
      this.#leave(mailbox, lane);
    }
    if (this.#occupancy.handling === 0) events.quieter();
  }

  /** What was finished goes to the archive before it is acknowledged. */
  #settle(lane: Lane, held: Held, outcome: Outcome | undefined): void {
    const { pool, partition } = lane.at;
    const isOurs = held.orphaned !== true;
    if (outcome !== undefined && this.#parts.events.finished(lane, held, outcome)) {
      if (isOurs) this.#records.of(pool, partition).finishing(held.seq);
    } else if (isOurs) this.finish(pool, partition, held.seq);
  }

  #loaded(mailbox: Mailbox, lane: Lane, gone: readonly number[]): void {
    mailbox.list(lane);
    for (const seq of gone) {
      const { at, subject } = lane;
      this.#records.of(at.pool, at.partition).drop(seq);
      this.#parts.log.warn({ subject, seq }, 'a queued intent is no longer in the store: it was purged or lost there');
      this.#leave(mailbox, lane);
    }
    this.#places.forgetEmpty(mailbox, lane);
    this.#serve(mailbox);
  }

  /** One intent less. */
  #leave(mailbox: Mailbox, lane: Lane): void {
    this.#occupancy.remove(mailbox, lane.at.pool);
    this.#places.forgetEmpty(mailbox, lane);
    if (this.#occupancy.held === 0) this.#parts.events.quieter();
  }
}
