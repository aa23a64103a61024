/**
 * Sends to lanes: at most one unconfirmed publish per lane, any number of lanes at a time within one window. This keeps the
 * order of a lane when a publish is refused, lost or repeated: the store receives the sends of one process to a lane in call
 * order.
 *
 * lane:  idle ─send─▶ in flight ─stored / refused─▶ next, or idle
 *                        │ full (mode wait), unavailable, unknown ─▶ pausing ─timer / reconnect─▶ in flight (same id)
 *                        └ deadline passed without an answer ─▶ caller gets SendOutcomeUnknownError; retries until the server
 *                          answers, or until it has forgotten the id, and only then lets the next one pass
 *
 * Deadlines hold whether or not the store answers (`deadline-sweep.ts`).
 */
import type { Clock } from '../core/clock.ts';
import type { Publisher, PublishOutcome } from '../core/publication.ts';
import { DeadlineSweep } from './deadline-sweep.ts';
import { MailboxFullError, NodeStoppingError } from './mailbox-errors.ts';
import { OutgoingItem, OutgoingLane } from './outgoing-lane.ts';
import { type LaneSenderSettings, refusalOf } from './send-limits.ts';
import { pauseMs, planSend } from './send-plan.ts';
import { SendWindow } from './send-window.ts';
import type { Sending } from './sending.ts';

/** The last repetition must arrive before the server forgets the id. */
const windowMargin = 0.8;

export class LaneSender {
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #settings: LaneSenderSettings;
  readonly #lanes = new Map<string, OutgoingLane>();
  readonly #window: SendWindow;
  readonly #idle = new Set<() => void>();
  readonly #deadlines: DeadlineSweep;
  #sends = 0;
  #abandoned = 0;
  /** Lanes in flight, pausing or due. */
  #opened = 0;
  #waiting = 0;
  #closed = false;

  constructor(publisher: Publisher, clock: Clock, settings: LaneSenderSettings) {
    this.#publisher = publisher;
    this.#clock = clock;
    this.#settings = settings;
    this.#window = new SendWindow(settings.window);
    this.#deadlines = new DeadlineSweep(clock, (now) => this.#sweepLate(now));
  }

  /** Number of unsettled sends. */
  get pending(): number {
    return this.#waiting + this.#opened;
  }

  /** Number of sends that `close` ended without an answer of the server. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Number of all sends so far, whatever their outcome. */
  get sends(): number {
    return this.#sends;
  }

  /** Sends one message. Calls exactly one callback of the sending, also when it refuses at once. */
  send(sending: Sending): void {
    this.#sends += 1;
    const { subject } = sending.publication;
    const known = this.#lanes.get(subject);
    const waiting = this.pending - this.#window.inFlight;
    const refusal = this.#closed ? new NodeStoppingError() : refusalOf(known, sending, waiting, this.#settings);
    if (refusal !== undefined) {
      if (sending.mode === 'drop' && refusal instanceof MailboxFullError) sending.dropped();
      else sending.refused(refusal);
      return;
    }
    const lane = known ?? this.#openLane(subject);
    const now = this.#clock.monotonic();
    const item = new OutgoingItem(sending);
    this.#deadlines.expect(item.giveUpAt, now);
    if (lane.queued === 0 && item.giveUpAt > now && this.#hasRoom(lane)) return this.#open(lane, item, now);
    lane.enqueue(item);
    this.#waiting++;
    this.#pump(lane);
  }

  /** Ends all pauses, because the connection is back. */
  retryNow(): void {
    for (const lane of this.#lanes.values()) if (lane.wake()) this.#pump(lane);
  }

  /** Resolves when every send is settled. */
  idle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Refuses new sends and all unpublished ones; reports the uncertain ones as uncertain. */
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

  #hasRoom(lane: OutgoingLane): boolean {
    return lane.opened < this.#settings.inFlightPerLane && !this.#window.isFull;
  }

  #open(lane: OutgoingLane, item: OutgoingItem, now: number): void {
    lane.begin(item);
    this.#opened++;
    item.forgottenAt = now + this.#settings.dedupeWindowMs * windowMargin;
    this.#publish(lane, item);
  }

  #pump(lane: OutgoingLane): void {
    while (this.#hasNext(lane)) {
      if (this.#window.isFull) return this.#window.wait(lane);
      this.#publishNext(lane);
    }
    if (lane.isIdle && this.#lanes.get(lane.subject) === lane) {
      this.#lanes.delete(lane.subject);
      if (this.#lanes.size === 0) this.#becomeIdle();
    }
  }

  #hasNext(lane: OutgoingLane): boolean {
    this.#refuseLate(lane);
    return lane.hasDue || (lane.queued > 0 && lane.opened < this.#settings.inFlightPerLane);
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
    this.#open(lane, item, this.#clock.monotonic());
  }

  /** Refuses queued sends past their deadline. Hot path: checks only the head. */
  #refuseLate(lane: OutgoingLane): void {
    const next = lane.peek();
    if (next === undefined) return;
    const now = this.#clock.monotonic();
    if (next.giveUpAt <= now) this.#waiting -= lane.refuseLate(now, this.#settings.obstacle?.());
  }

  /** Reports to callers whose deadline has passed. Sends in flight continue, so that the lane learns their outcome. */
  #sweepLate(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const lane of [...this.#lanes.values()]) {
      this.#waiting -= lane.tellLate(now, this.#settings.obstacle?.());
      if (lane.isIdle) this.#pump(lane);
      earliest = Math.min(earliest, lane.earliestDeadline);
    }
    return this.#closed ? Number.POSITIVE_INFINITY : earliest;
  }

  #publish(lane: OutgoingLane, item: OutgoingItem): void {
    item.attempts++;
    item.inFlight = true;
    this.#window.entered();
    this.#publisher.publish(item.sending.publication, (outcome) => {
      this.#window.left();
      item.inFlight = false;
      if (this.#closed) return;
      this.#settled(lane, item, outcome);
      for (let next = this.#window.next(); next !== undefined; next = this.#window.next()) this.#pump(next);
    });
  }

  #settled(lane: OutgoingLane, item: OutgoingItem, outcome: PublishOutcome): void {
    if (outcome.kind === 'stored') {
      if (!item.told) item.sending.stored(outcome.seq);
      return this.#next(lane, item);
    }
    if (outcome.kind === 'unknown') item.uncertain = true;
    if (outcome.kind === 'rejected') item.uncertain = false;
    const { sending, told, uncertain } = item;
    const { mode, publication } = sending;
    const obstacle = this.#settings.obstacle?.();
    const plan = planSend(outcome, { subject: lane.subject, pool: publication.pool, mode, told, uncertain, obstacle });
    switch (plan.kind) {
      case 'repeat':
        lane.full = plan.laneIsFull ?? lane.full;
        return this.#pause(lane, item, plan.late);
      case 'refused':
        item.refuse(plan.error);
        break;
      case 'dropped':
        sending.dropped();
        break;
      case 'settled':
        break;
      default:
        plan satisfies never;
    }
    this.#next(lane, item);
  }

  /** Pauses, then publishes again with the same id; `late` is the caller's error when its deadline passes first. */
  #pause(lane: OutgoingLane, item: OutgoingItem, late: Error): void {
    const now = this.#clock.monotonic();
    if (item.isOver(now, late)) return this.#next(lane, item);
    this.#refuseLate(lane);
    item.late = late;
    const until = item.told ? item.forgottenAt : item.giveUpAt;
    item.pause = this.#clock.after(pauseMs(item.attempts, until - now), () => {
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
    this.#deadlines.stop();
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}
