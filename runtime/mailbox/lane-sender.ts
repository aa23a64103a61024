/**
 * Sends to lanes: at most one unconfirmed publish per lane, any number of lanes at a time within one window. That is what
 * keeps a lane's order when a publish is refused, lost or repeated; one process's sends to a lane are stored in call order.
 *
 * lane:  idle ─send─▶ in flight ─stored / refused─▶ next, or idle
 *                        │ full (mode wait), unavailable, unknown ─▶ pausing ─timer / reconnect─▶ in flight (same id)
 *                        └ deadline passed without a word ─▶ caller gets SendOutcomeUnknownError; goes on until the server
 *                          answers, or until it has forgotten the id, and only then lets the next one pass
 *
 * Deadlines hold whether or not the store answers: one timer waits for the earliest of all. A timer for each send would cost
 * more than the send.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Publisher, PublishOutcome } from '../core/publication.ts';
import { Fifo } from './fifo.ts';
import {
  MailboxFullError,
  NodeStoppingError,
  SenderOverloadedError,
  SendRejectedError,
  SendTimeoutError,
  StoreFullError,
} from './mailbox-errors.ts';
import { OutgoingItem, OutgoingLane } from './outgoing-lane.ts';
import type { Sending } from './sending.ts';

export interface LaneSenderSettings {
  /** Publishes in flight over all lanes: more only fill buffers. */
  readonly window: number;
  /** Sends waiting behind one lane's publish. */
  readonly queuedPerLane: number;
  /** Sends waiting in all. */
  readonly queued: number;
  /** How long the server remembers a message id, milliseconds. */
  readonly dedupeWindowMs: number;
  /** 1. Any other value loses the lane's order: the property test shows how. */
  readonly inFlightPerLane: number;
}

const firstPauseMs = 2;
const longestPauseMs = 250;
/** Between two sweeps: how much later than its deadline a caller is told at most. */
const sweepMs = 50;
/** The last repetition must arrive before the server forgets the id. */
const windowMargin = 0.8;

export class LaneSender {
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #settings: LaneSenderSettings;
  readonly #lanes = new Map<string, OutgoingLane>();
  readonly #ready = new Fifo<OutgoingLane>();
  readonly #idle = new Set<() => void>();
  #sends = 0;
  #abandoned = 0;
  #inFlight = 0;
  /** In flight, pausing or due. */
  #opened = 0;
  #waiting = 0;
  /** When callers are told next: no deadline is earlier. */
  #sweepAt = Number.POSITIVE_INFINITY;
  #sweep: Timer | undefined;
  #closed = false;

  constructor(publisher: Publisher, clock: Clock, settings: LaneSenderSettings) {
    this.#publisher = publisher;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Sends that have not been settled. */
  get pending(): number {
    return this.#waiting + this.#opened;
  }

  /** Those that `close` ended without the server's word. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** All so far, whatever became of them. */
  get sends(): number {
    return this.#sends;
  }

  /** Exactly one of the sending's callbacks is called, also when it is refused at once. */
  send(sending: Sending): void {
    this.#sends += 1;
    const { subject } = sending.publication;
    const known = this.#lanes.get(subject);
    const refusal = this.#refusal(known, sending);
    if (refusal !== undefined) {
      if (sending.mode === 'drop' && refusal instanceof MailboxFullError) sending.dropped();
      else sending.refused(refusal);
      return;
    }
    const lane = known ?? this.#openLane(subject);
    const now = this.#clock.monotonic();
    const item = new OutgoingItem(sending);
    if (item.giveUpAt < this.#sweepAt) this.#sweepBy(item.giveUpAt, now);
    if (lane.queued === 0 && item.giveUpAt > now && this.#hasRoom(lane)) return this.#open(lane, item);
    lane.enqueue(item);
    this.#waiting++;
    this.#pump(lane);
  }

  /** The connection is back: what pauses need not wait longer. */
  retryNow(): void {
    for (const lane of this.#lanes.values()) if (lane.wake()) this.#pump(lane);
  }

  /** Resolves when every send has been settled. */
  idle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Takes no more; what has not been published is refused, what is uncertain is said to be so. */
  close(): void {
    this.#closed = true;
    this.#abandoned += this.pending;
    for (const lane of this.#lanes.values()) {
      for (const item of lane.open) {
        item.pause?.cancel();
        item.refuse(new NodeStoppingError());
      }
      for (let item = lane.dequeue(); item !== undefined; item = lane.dequeue()) item.refuse(new NodeStoppingError());
    }
    this.#lanes.clear();
    this.#waiting = 0;
    this.#opened = 0;
    this.#becomeIdle();
  }

  #openLane(subject: string): OutgoingLane {
    const lane = new OutgoingLane(subject);
    this.#lanes.set(subject, lane);
    return lane;
  }

  #refusal(lane: OutgoingLane | undefined, sending: Sending): Error | undefined {
    if (this.#closed) return new NodeStoppingError();
    const { queuedPerLane, queued } = this.#settings;
    if (lane?.full && sending.mode !== 'wait') return new MailboxFullError(lane.subject, 'lane');
    if (lane !== undefined && lane.queued >= queuedPerLane) {
      return new SenderOverloadedError('queuedPerLane', queuedPerLane);
    }
    if (this.pending - this.#inFlight >= queued) return new SenderOverloadedError('queued', queued);
    return undefined;
  }

  #hasRoom(lane: OutgoingLane): boolean {
    return lane.open.length < this.#settings.inFlightPerLane && this.#inFlight < this.#settings.window;
  }

  #open(lane: OutgoingLane, item: OutgoingItem): void {
    lane.begin(item);
    this.#opened++;
    this.#publish(lane, item);
  }

  #pump(lane: OutgoingLane): void {
    while (this.#hasNext(lane)) {
      if (this.#inFlight >= this.#settings.window) {
        if (!lane.waitingForWindow) this.#ready.push(lane);
        lane.waitingForWindow = true;
        return;
      }
      this.#publishNext(lane);
    }
    if (lane.isIdle && this.#lanes.get(lane.subject) === lane) {
      this.#lanes.delete(lane.subject);
      if (this.#lanes.size === 0) this.#becomeIdle();
    }
  }

  #hasNext(lane: OutgoingLane): boolean {
    this.#refuseLate(lane);
    return lane.hasDue || (lane.queued > 0 && lane.open.length < this.#settings.inFlightPerLane);
  }

  #publishNext(lane: OutgoingLane): void {
    const due = lane.takeDue();
    if (due !== undefined) {
      const isOver = due.late !== undefined && due.isOver(this.#clock.monotonic(), due.late);
      return isOver ? this.#finish(lane, due) : this.#publish(lane, due);
    }
    const item = lane.dequeue();
    if (item === undefined) return;
    this.#waiting--;
    this.#open(lane, item);
  }

  /** What is queued when its deadline passes is not published any more: nobody waits for it. */
  #refuseLate(lane: OutgoingLane): void {
    const next = lane.peek();
    if (next === undefined) return;
    const now = this.#clock.monotonic();
    if (next.giveUpAt <= now) this.#refuseQueued(lane, now);
  }

  #refuseQueued(lane: OutgoingLane, now: number): void {
    const { subject, full } = lane;
    for (const item of lane.takeLate(now)) {
      this.#waiting--;
      item.refuse(
        full
          ? new MailboxFullError(subject, 'lane')
          : new SendTimeoutError(subject, 'earlier sends of its lane are still under way'),
      );
    }
  }

  #sweepBy(at: number, now: number): void {
    this.#sweep?.cancel();
    this.#sweepAt = at;
    this.#sweep = this.#clock.after(Math.max(0, at - now), () => this.#sweepLate());
  }

  /** Tells callers whose deadline has passed. What is in flight goes on, so that its lane learns what became of it. */
  #sweepLate(): void {
    const now = this.#clock.monotonic();
    this.#stopSweeping();
    let earliest = Number.POSITIVE_INFINITY;
    for (const lane of [...this.#lanes.values()]) {
      this.#tellLate(lane, now);
      earliest = Math.min(earliest, lane.earliestDeadline);
    }
    if (this.#closed || earliest === Number.POSITIVE_INFINITY) return;
    const at = Math.max(earliest, now + sweepMs);
    if (at < this.#sweepAt) this.#sweepBy(at, now);
  }

  #stopSweeping(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#sweepAt = Number.POSITIVE_INFINITY;
  }

  #tellLate(lane: OutgoingLane, now: number): void {
    for (const item of lane.open) {
      if (item.giveUpAt > now) continue;
      item.refuse(item.late ?? new SendTimeoutError(lane.subject, 'the store has not answered'));
    }
    this.#refuseQueued(lane, now);
    if (lane.isIdle) this.#pump(lane);
  }

  #publish(lane: OutgoingLane, item: OutgoingItem): void {
    if (item.attempts++ === 0) {
      item.forgottenAt = this.#clock.monotonic() + this.#settings.dedupeWindowMs * windowMargin;
    }
    this.#inFlight++;
    item.inFlight = true;
    this.#publisher.publish(item.sending.publication, (outcome) => {
      this.#inFlight--;
      item.inFlight = false;
      if (this.#closed) return;
      this.#settled(lane, item, outcome);
      this.#pumpReady();
    });
  }

  #pumpReady(): void {
    while (this.#inFlight < this.#settings.window) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      lane.waitingForWindow = false;
      this.#pump(lane);
    }
  }

  #settled(lane: OutgoingLane, item: OutgoingItem, outcome: PublishOutcome): void {
    const { subject } = lane;
    switch (outcome.kind) {
      case 'stored':
        if (!item.told) item.sending.stored(outcome.seq);
        return this.#next(lane, item);
      case 'rejected':
        item.uncertain = false;
        item.refuse(new SendRejectedError(subject, outcome.code, outcome.reason));
        return this.#next(lane, item);
      case 'mailbox_full':
        return this.#noRoom(lane, item, new MailboxFullError(subject, 'lane'), true);
      case 'store_full':
        return this.#noRoom(lane, item, new StoreFullError(item.sending.publication.pool), false);
      case 'unavailable':
        return this.#pause(lane, item, new SendTimeoutError(subject, outcome.reason));
      case 'unknown':
        item.uncertain = true;
        return this.#pause(lane, item, new SendTimeoutError(subject, outcome.reason));
      default:
        outcome satisfies never;
    }
  }

  /** A refusal is final, unless an earlier attempt went unanswered: that one may still be on its way, and find room. */
  #noRoom(lane: OutgoingLane, item: OutgoingItem, error: Error, laneIsFull: boolean): void {
    const { mode } = item.sending;
    if (item.told) return item.uncertain ? this.#pause(lane, item, error) : this.#next(lane, item);
    if (mode === 'wait' || item.uncertain) {
      lane.full = laneIsFull;
      return this.#pause(lane, item, error);
    }
    if (mode === 'drop') item.sending.dropped();
    else item.refuse(error);
    this.#next(lane, item);
  }

  /** Waits a little, then publishes again with the same id; `late` is what the caller is told when its deadline passes. */
  #pause(lane: OutgoingLane, item: OutgoingItem, late: Error): void {
    const now = this.#clock.monotonic();
    if (item.isOver(now, late)) return this.#next(lane, item);
    this.#refuseLate(lane);
    item.late = late;
    const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(item.attempts - 1, 10));
    const until = item.told ? item.forgottenAt : item.giveUpAt;
    item.pause = this.#clock.after(Math.max(1, Math.min(backoff, until - now)), () => {
      item.pause = undefined;
      lane.makeDue(item);
      this.#pump(lane);
    });
  }

  #next(lane: OutgoingLane, item: OutgoingItem): void {
    this.#finish(lane, item);
    this.#pump(lane);
  }

  #finish(lane: OutgoingLane, item: OutgoingItem): void {
    lane.full = false;
    lane.finish(item);
    this.#opened--;
  }

  #becomeIdle(): void {
    this.#stopSweeping();
    this.#notifyIdle();
  }

  #notifyIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}
