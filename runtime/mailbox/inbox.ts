/**
 * The mailboxes of one node: takes in deliveries, keeps them within a bounded memory, hands one intent at a time per agent to
 * the receiver, and gives them back to be acknowledged.
 *
 * Architecture invariant: a sequence that this node has seen and no longer holds has been handled by it. So a redelivery
 * (after a reconnect, after `ack_wait`) is recognised without remembering every sequence: it is held, or it is done.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Delivery, StoredMessage } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { parseMailboxSubject } from '../core/subjects.ts';
import { type Held, Lane } from './lane.ts';
import type { LaneLoader } from './lane-loader.ts';
import { Mailbox } from './mailbox.ts';
import { RedeliveryGuard } from './redelivery-guard.ts';
import { type BucketRule, fullBucket, takeTokens } from './token-bucket.ts';

/** What the receiver wants done with an intent that it was handed. */
export type Verdict = { readonly kind: 'done' } | { readonly kind: 'again'; readonly afterMs: number };

export interface Receiver {
  /** Must not throw. Returns a promise only if it has to wait. */
  handle(lane: Lane, held: Held): Verdict | Promise<Verdict>;
  /** How fast a mailbox is served; `undefined`: as fast as it can. */
  intake(agent: string): BucketRule | undefined;
  /** What an intent costs of the intake bucket. */
  cost(lane: Lane, held: Held): number;
}

export interface InboxSettings {
  /** Intents held in the node, with or without payload: pulling stops there. */
  readonly maxHeld: number;
  /** Bytes of payload held in the node. */
  readonly maxPayloadBytes: number;
  /** Payloads kept per agent; those after them are read again from the store. */
  readonly residentPerAgent: number;
  /** A mailbox holding more than this is announced closed, and open again at half of it. */
  readonly crowdedAt: number;
}

export interface InboxEvents {
  /** Acknowledge this. */
  settled(pool: string, partition: number, seq: number): void;
  /** There is room for more, or there is none. */
  room(open: boolean): void;
  /** A mailbox holds too much, or no longer does. */
  crowded(pool: string, agent: string, closed: boolean): void;
  /** Nothing is being handled, or nothing is held. */
  quieter(): void;
}

/** A lane and the mailbox it belongs to. */
interface Place {
  readonly lane: Lane;
  readonly mailbox: Mailbox;
}

/** Lanes of one mailbox whose payloads are read at a time. */
const loadsPerMailbox = 4;
/** Timers of Node are at most 24.8 days long; whoever waits here looks again anyway. */
const longestWaitMs = 3_600_000;
/** A receiver that threw although it must not. */
const afterThrow: Verdict = Object.freeze({ kind: 'again', afterMs: 5_000 });

export class Inbox {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #settings: InboxSettings;
  readonly #receiver: Receiver;
  readonly #events: InboxEvents;
  readonly #loader: LaneLoader;
  readonly #places = new Map<string, Place>();
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #guard = new RedeliveryGuard();
  readonly #timers = new Set<Timer>();
  #held = 0;
  #handling = 0;
  #payloadBytes = 0;
  #repeats = 0;
  #open = true;
  #stopped = false;

  constructor(parts: {
    readonly receiver: Receiver;
    readonly events: InboxEvents;
    readonly loader: LaneLoader;
    readonly clock: Clock;
    readonly log: Logger;
    readonly settings: InboxSettings;
  }) {
    this.#receiver = parts.receiver;
    this.#events = parts.events;
    this.#loader = parts.loader;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#settings = parts.settings;
  }

  /** Intents held, those of them being handled, payload bytes held, redeliveries recognised, mailboxes in memory. */
  get counts(): InboxCounts {
    return {
      held: this.#held,
      handling: this.#handling,
      payloadBytes: this.#payloadBytes,
      repeats: this.#repeats,
      mailboxes: this.#mailboxes.size,
    };
  }

  deliver(delivery: Delivery): void {
    const { pool, partition, seq, subject, payload } = delivery;
    const novelty = this.#guard.check(delivery);
    if (novelty === 'seen') {
      this.#repeats++;
      if (this.#places.get(subject)?.lane.holds(seq) !== true) this.#events.settled(pool, partition, seq);
      return;
    }
    if (novelty === 'reused') {
      this.#log.error({ pool, partition, seq }, 'the store lost its newest messages and uses their sequences again');
      this.#lose(pool, partition, seq);
    }
    const place = this.#places.get(subject) ?? this.#openLane(subject);
    if (place === undefined) {
      this.#log.error({ subject, seq }, 'a message is discarded: its subject is not one of a lane');
      this.#events.settled(pool, partition, seq);
      return;
    }
    if (this.#canStart(place)) this.#start(place, seq, payload);
    else this.#queue(place, seq, payload);
  }

  /** Starts nothing any more. What is being handled goes on; the rest stays in the store. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Somebody else owns the partition: forgets it, and everything of it that is not being handled. */
  forget(pool: string, partition: number): void {
    this.#guard.forget(pool, partition);
    for (const { lane, mailbox } of [...this.#places.values()]) {
      if (lane.at.pool !== pool || lane.at.partition !== partition) continue;
      for (let residents = lane.residents; ; residents = lane.residents) {
        const bytes = lane.drop();
        if (bytes === undefined) break;
        this.#countPayload(mailbox, lane.residents - residents, -bytes);
        this.#uncount(mailbox, lane);
      }
    }
  }

  /** What the store lost and this node would have had to read again. */
  #lose(pool: string, partition: number, fromSeq: number): void {
    for (const { lane, mailbox } of [...this.#places.values()]) {
      if (lane.at.pool !== pool || lane.at.partition !== partition) continue;
      for (let lost = lane.lose(fromSeq); lost > 0; lost--) this.#uncount(mailbox, lane);
    }
  }

  #openLane(subject: string): Place | undefined {
    const at = parseMailboxSubject(subject);
    if (at === undefined) return undefined;
    const lane = new Lane(subject, at);
    let mailbox = this.#mailboxes.get(lane.receiver);
    if (mailbox === undefined) {
      mailbox = new Mailbox(lane.receiver);
      this.#mailboxes.set(lane.receiver, mailbox);
    }
    const place: Place = { lane, mailbox };
    this.#places.set(subject, place);
    return place;
  }

  /** An idle agent gets its intent at once: nothing is queued for it, and nothing copied. */
  #canStart({ lane, mailbox }: Place): boolean {
    if (this.#stopped || !mailbox.isFree || lane.length > 0 || lane.loading) return false;
    return lane.at.lane !== 'i' || this.#receiver.intake(mailbox.agent) === undefined;
  }

  #start({ lane, mailbox }: Place, seq: number, payload: Uint8Array): void {
    this.#count(mailbox, lane);
    this.#countPayload(mailbox, 1, payload.length);
    const held: Held = { seq, payload, attempts: 0 };
    lane.start(held);
    if (this.#hand(mailbox, lane, held)) this.#serve(mailbox);
  }

  /** What waits is copied: a payload is a part of what came from the socket, and would keep all of that in memory. */
  #queue({ lane, mailbox }: Place, seq: number, payload: Uint8Array): void {
    const { residentPerAgent, maxPayloadBytes } = this.#settings;
    const fits = mailbox.residents < residentPerAgent && this.#payloadBytes + payload.length <= maxPayloadBytes;
    if (lane.add(seq, fits ? new Uint8Array(payload) : payload, fits)) this.#countPayload(mailbox, 1, payload.length);
    this.#count(mailbox, lane);
    mailbox.list(lane);
    this.#serve(mailbox);
  }

  #count(mailbox: Mailbox, lane: Lane): void {
    mailbox.held++;
    this.#held++;
    if (this.#open && this.#held >= this.#settings.maxHeld) this.#setOpen(false);
    if (!mailbox.closed && mailbox.held > this.#settings.crowdedAt) this.#setClosed(mailbox, lane.at.pool, true);
  }

  /** Hands out intents while the agent is free. A receiver that answers at once is served in a loop, not by recursion. */
  #serve(mailbox: Mailbox): void {
    while (!mailbox.busy && !this.#stopped) {
      const lane = mailbox.next();
      if (lane === undefined) return;
      const held = lane.take();
      if (held === undefined) {
        if (!this.#load(mailbox, lane)) return mailbox.giveBack(lane);
        continue;
      }
      if (this.#throttle(mailbox, lane, held)) {
        lane.putBack();
        mailbox.giveBack(lane);
        continue;
      }
      if (lane.residents < this.#settings.residentPerAgent / 2 && this.#hasRoom) this.#load(mailbox, lane);
      if (!this.#hand(mailbox, lane, held)) return;
    }
  }

  /** @returns whether the receiver was done with it at once */
  #hand(mailbox: Mailbox, lane: Lane, held: Held): boolean {
    held.attempts++;
    mailbox.busy = true;
    this.#handling++;
    const verdict = this.#ask(lane, held);
    if (verdict instanceof Promise) {
      held.payload = new Uint8Array(held.payload);
      const conclude = (given: Verdict): void => {
        this.#conclude(mailbox, lane, held, given);
        this.#serve(mailbox);
      };
      void verdict.then(conclude, (error) => conclude(this.#thrown(lane, held, error)));
      return false;
    }
    this.#conclude(mailbox, lane, held, verdict);
    return true;
  }

  #ask(lane: Lane, held: Held): Verdict | Promise<Verdict> {
    try {
      return this.#receiver.handle(lane, held);
    } catch (error) {
      return this.#thrown(lane, held, error);
    }
  }

  #thrown(lane: Lane, { seq }: Held, error: unknown): Verdict {
    this.#log.error(
      { subject: lane.subject, seq, reason: reasonOf(error) },
      'a receiver threw: it will be asked again',
    );
    return afterThrow;
  }

  #conclude(mailbox: Mailbox, lane: Lane, held: Held, verdict: Verdict): void {
    mailbox.busy = false;
    this.#handling--;
    if (verdict.kind === 'again') {
      held.payload = new Uint8Array(held.payload);
      lane.putBack();
      lane.pausing = true;
      this.#later(verdict.afterMs, () => {
        lane.pausing = false;
        mailbox.list(lane);
        this.#serve(mailbox);
      });
    } else {
      lane.finish();
      this.#countPayload(mailbox, -1, -held.payload.length);
      this.#events.settled(lane.at.pool, lane.at.partition, held.seq);
      mailbox.list(lane);
      this.#uncount(mailbox, lane);
    }
    if (this.#handling === 0) this.#events.quieter();
  }

  /** Replies and control pass the intake bucket. */
  #throttle(mailbox: Mailbox, lane: Lane, held: Held): boolean {
    const rule = lane.at.lane === 'i' ? this.#receiver.intake(mailbox.agent) : undefined;
    if (rule === undefined) return false;
    const now = this.#clock.monotonic();
    const taken = takeTokens(rule, mailbox.bucket ?? fullBucket(rule, now), this.#receiver.cost(lane, held), now);
    mailbox.bucket = taken.state;
    if (taken.waitMs === 0) return false;
    mailbox.throttled = true;
    this.#later(taken.waitMs, () => {
      mailbox.throttled = false;
      this.#serve(mailbox);
    });
    return true;
  }

  /** After the stop nothing is started, so nothing is waited for. */
  #later(ms: number, run: () => void): void {
    if (this.#stopped) return;
    const timer = this.#clock.after(Math.min(ms, longestWaitMs), () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  /** Is there room for payloads that are not needed at once? */
  get #hasRoom(): boolean {
    return this.#payloadBytes < this.#settings.maxPayloadBytes;
  }

  /** @returns false when so many reads of the mailbox are under way that this one has to wait for one of them */
  #load(mailbox: Mailbox, lane: Lane): boolean {
    const fromSeq = lane.firstEvicted;
    if (fromSeq === undefined || lane.loading) return true;
    if (mailbox.loads >= loadsPerMailbox) return false;
    mailbox.loads++;
    lane.loading = true;
    this.#loader.load({
      pool: lane.at.pool,
      subject: lane.subject,
      fromSeq,
      count: this.#hasRoom ? Math.max(1, this.#settings.residentPerAgent - mailbox.residents) : 1,
      done: (found) => this.#loaded(mailbox, lane, found),
    });
    return true;
  }

  #loaded(mailbox: Mailbox, lane: Lane, found: readonly StoredMessage[]): void {
    mailbox.loads--;
    lane.loading = false;
    const before = lane.residents;
    const { bytes, gone } = lane.load(this.#kept(found));
    this.#countPayload(mailbox, lane.residents - before, bytes);
    mailbox.list(lane);
    for (const seq of gone) {
      this.#log.warn({ subject: lane.subject, seq }, 'a queued intent is no longer in the store: somebody purged it');
      this.#uncount(mailbox, lane);
    }
    this.#forgetEmpty(mailbox, lane);
    this.#serve(mailbox);
  }

  /** Of what was read again the first, and what there is room for; copied, as what waits is. The rest is read once more. */
  #kept(found: readonly StoredMessage[]): readonly StoredMessage[] {
    let bytes = this.#payloadBytes;
    const kept: StoredMessage[] = [];
    for (const message of found) {
      bytes += message.payload.length;
      if (kept.length > 0 && bytes > this.#settings.maxPayloadBytes) break;
      kept.push({ ...message, payload: new Uint8Array(message.payload) });
    }
    return kept;
  }

  #countPayload(mailbox: Mailbox, payloads: number, bytes: number): void {
    mailbox.residents += payloads;
    this.#payloadBytes += bytes;
  }

  /** One intent less; what is empty is forgotten, so that an idle mailbox costs nothing. */
  #uncount(mailbox: Mailbox, lane: Lane): void {
    mailbox.held--;
    this.#held--;
    if (!this.#open && !this.#stopped && this.#held < this.#settings.maxHeld * 0.9) this.#setOpen(true);
    if (mailbox.closed && mailbox.held <= this.#settings.crowdedAt / 2) this.#setClosed(mailbox, lane.at.pool, false);
    this.#forgetEmpty(mailbox, lane);
    if (this.#held === 0) this.#events.quieter();
  }

  #forgetEmpty(mailbox: Mailbox, lane: Lane): void {
    if (lane.length === 0 && !lane.loading) this.#places.delete(lane.subject);
    if (mailbox.held === 0 && mailbox.loads === 0) this.#forgetMailbox(mailbox);
  }

  /** A mailbox with an intake bucket stays until that is full again: coming back must not refill it. */
  #forgetMailbox(mailbox: Mailbox): void {
    const rule = mailbox.bucket === undefined ? undefined : this.#receiver.intake(mailbox.agent);
    if (rule === undefined || mailbox.bucket === undefined) {
      this.#remove(mailbox);
    } else if (!mailbox.lingering) {
      mailbox.lingering = true;
      const missing = rule.burst - mailbox.bucket.tokens;
      this.#later(Math.ceil((missing * 1000) / rule.ratePerSecond), () => {
        mailbox.lingering = false;
        if (mailbox.held === 0 && mailbox.loads === 0) this.#forgetIfFull(mailbox, rule);
      });
    }
  }

  #forgetIfFull(mailbox: Mailbox, rule: BucketRule): void {
    const now = this.#clock.monotonic();
    if (mailbox.bucket !== undefined) mailbox.bucket = takeTokens(rule, mailbox.bucket, 0, now).state;
    if (mailbox.bucket === undefined || mailbox.bucket.tokens >= rule.burst) this.#remove(mailbox);
    else this.#forgetMailbox(mailbox);
  }

  #remove(mailbox: Mailbox): void {
    if (this.#mailboxes.get(mailbox.agent) === mailbox) this.#mailboxes.delete(mailbox.agent);
  }

  #setOpen(open: boolean): void {
    this.#open = open;
    this.#events.room(open);
  }

  #setClosed(mailbox: Mailbox, pool: string, closed: boolean): void {
    mailbox.closed = closed;
    this.#events.crowded(pool, mailbox.agent, closed);
  }
}

export interface InboxCounts {
  readonly held: number;
  readonly handling: number;
  readonly payloadBytes: number;
  readonly repeats: number;
  readonly mailboxes: number;
}
