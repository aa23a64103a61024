/**
 * Sends to lanes: at most one unconfirmed publish per lane, any number of lanes at a time within one window. That is what
 * keeps a lane's order when a publish is refused, lost or repeated; one process's sends to a lane are stored in call order.
 *
 * lane:  idle ─send─▶ in flight ─stored / refused─▶ next, or idle
 *                        │ full (mode wait), unavailable, unknown ─▶ pausing ─timer / reconnect─▶ in flight (same id)
 *                        └ deadline passed without a word ─▶ caller gets SendOutcomeUnknownError; goes on until the server
 *                          answers, or until it has forgotten the id, and only then lets the next one pass
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Publication, Publisher, PublishOutcome } from '../core/publication.ts';
import { Fifo } from './fifo.ts';
import {
  MailboxFullError,
  SenderClosedError,
  SenderOverloadedError,
  SendOutcomeUnknownError,
  SendRejectedError,
  SendTimeoutError,
  StoreFullError,
} from './mailbox-errors.ts';

/** What becomes of an intent whose lane is full: refused, kept until there is room or its deadline passes, or let go. */
export type SendMode = 'reject' | 'wait' | 'drop';

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

export interface Sending {
  readonly publication: Publication;
  readonly mode: SendMode;
  /** How long the sender waits for the server's word, milliseconds. */
  readonly deadlineMs: number;
  /** Called with the sequence at which it is stored. */
  readonly stored: (seq: number) => void;
  /** Called only in mode `drop`, when there was no room. */
  readonly dropped: () => void;
  /** Called with an error of one of the classes of `mailbox-errors.ts`. */
  readonly refused: (error: Error) => void;
}

interface Item {
  readonly sending: Sending;
  readonly giveUpAt: number;
  forgottenAt: number;
  attempts: number;
  /** An attempt went unanswered: it may be stored. */
  uncertain: boolean;
  /** Published, and not answered yet. */
  inFlight: boolean;
  /** What the caller is told when the deadline passes before the next attempt. */
  late: Error | undefined;
  /** The caller has been told. */
  told: boolean;
  pause: Timer | undefined;
}

interface Lane {
  readonly subject: string;
  /** Made when something has to wait. */
  queue: Fifo<Item> | undefined;
  /** In flight, pausing or due. */
  readonly open: Item[];
  /** Their pause is over: they go before what is queued. */
  readonly due: Item[];
  /** The server said so last; an intent that will not wait need not be tried behind one that does. */
  full: boolean;
  waitingForWindow: boolean;
}

const firstPauseMs = 2;
const longestPauseMs = 250;
/** The last repetition must arrive before the server forgets the id. */
const windowMargin = 0.8;

export class LaneSender {
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #settings: LaneSenderSettings;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Fifo<Lane>();
  readonly #idle = new Set<() => void>();
  #inFlight = 0;
  /** In flight, pausing or due. */
  #opened = 0;
  #waiting = 0;
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

  /** Exactly one of the sending's callbacks is called, also when it is refused at once. */
  send(sending: Sending): void {
    const { subject } = sending.publication;
    const lane = this.#lanes.get(subject);
    const refusal = this.#refusal(lane, sending);
    if (refusal !== undefined) {
      if (sending.mode === 'drop' && refusal instanceof MailboxFullError) sending.dropped();
      else sending.refused(refusal);
      return;
    }
    const into = lane ?? this.#openLane(subject);
    const item: Item = {
      sending,
      giveUpAt: this.#clock.monotonic() + sending.deadlineMs,
      forgottenAt: Number.POSITIVE_INFINITY,
      attempts: 0,
      uncertain: false,
      inFlight: false,
      late: undefined,
      told: false,
      pause: undefined,
    };
    if (into.queue === undefined && sending.deadlineMs >= 0 && this.#hasRoom(into)) return this.#open(into, item);
    into.queue ??= new Fifo();
    into.queue.push(item);
    this.#waiting++;
    this.#pump(into);
  }

  /** The connection is back: what pauses need not wait longer. */
  retryNow(): void {
    for (const lane of this.#lanes.values()) {
      for (const item of lane.open) {
        if (item.pause === undefined) continue;
        item.pause.cancel();
        item.pause = undefined;
        lane.due.push(item);
      }
      if (lane.due.length > 0) this.#pump(lane);
    }
  }

  /** Resolves when every send has been settled. */
  idle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Takes no more; what has not been published is refused, what is uncertain is said to be so. */
  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes.values()) {
      for (const item of lane.open) {
        item.pause?.cancel();
        const stopping = new SenderClosedError();
        const isUncertain = item.uncertain || item.inFlight;
        this.#tell(item, isUncertain ? new SendOutcomeUnknownError(lane.subject, stopping.message) : stopping);
      }
      for (const item of lane.queue ?? []) item.sending.refused(new SenderClosedError());
    }
    this.#lanes.clear();
    this.#waiting = 0;
    this.#opened = 0;
    this.#notifyIdle();
  }

  #openLane(subject: string): Lane {
    const lane: Lane = { subject, queue: undefined, open: [], due: [], full: false, waitingForWindow: false };
    this.#lanes.set(subject, lane);
    return lane;
  }

  #refusal(lane: Lane | undefined, sending: Sending): Error | undefined {
    if (this.#closed) return new SenderClosedError();
    const { queuedPerLane, queued } = this.#settings;
    if (lane?.full && sending.mode !== 'wait') return new MailboxFullError(lane.subject, 'lane');
    if (lane?.queue !== undefined && lane.queue.length >= queuedPerLane) {
      return new SenderOverloadedError('queuedPerLane', queuedPerLane);
    }
    if (this.pending - this.#inFlight >= queued) return new SenderOverloadedError('queued', queued);
    return undefined;
  }

  #hasRoom(lane: Lane): boolean {
    return lane.open.length < this.#settings.inFlightPerLane && this.#inFlight < this.#settings.window;
  }

  #open(lane: Lane, item: Item): void {
    lane.open.push(item);
    this.#opened++;
    this.#publish(lane, item);
  }

  #pump(lane: Lane): void {
    while (this.#hasNext(lane)) {
      if (this.#inFlight >= this.#settings.window) {
        if (!lane.waitingForWindow) this.#ready.push(lane);
        lane.waitingForWindow = true;
        return;
      }
      const due = lane.due.shift();
      if (due === undefined) this.#open(lane, this.#dequeue(lane) as Item);
      else if (due.late !== undefined && this.#isOver(lane, due, due.late)) this.#finish(lane, due, false);
      else this.#publish(lane, due);
    }
    if (lane.open.length === 0 && lane.queue === undefined && this.#lanes.get(lane.subject) === lane) {
      this.#lanes.delete(lane.subject);
      if (this.#lanes.size === 0) this.#notifyIdle();
    }
  }

  #hasNext(lane: Lane): boolean {
    this.#refuseLate(lane);
    return lane.due.length > 0 || (lane.queue !== undefined && lane.open.length < this.#settings.inFlightPerLane);
  }

  /** What is queued when its deadline passes is not published any more: nobody waits for it. */
  #refuseLate(lane: Lane): void {
    if (lane.queue === undefined) return;
    const now = this.#clock.monotonic();
    while ((lane.queue?.peek()?.giveUpAt ?? Number.POSITIVE_INFINITY) < now) {
      const reason = 'earlier sends of its lane are still under way';
      const item = this.#dequeue(lane) as Item;
      const { subject } = lane;
      this.#tell(item, lane.full ? new MailboxFullError(subject, 'lane') : new SendTimeoutError(subject, reason));
    }
  }

  #dequeue(lane: Lane): Item | undefined {
    const item = lane.queue?.shift();
    if (lane.queue?.length === 0) lane.queue = undefined;
    if (item !== undefined) this.#waiting--;
    return item;
  }

  #publish(lane: Lane, item: Item): void {
    if (item.attempts++ === 0)
      item.forgottenAt = this.#clock.monotonic() + this.#settings.dedupeWindowMs * windowMargin;
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
    while (this.#ready.length > 0 && this.#inFlight < this.#settings.window) {
      const lane = this.#ready.shift() as Lane;
      lane.waitingForWindow = false;
      this.#pump(lane);
    }
  }

  #settled(lane: Lane, item: Item, outcome: PublishOutcome): void {
    switch (outcome.kind) {
      case 'stored':
        if (!item.told) item.sending.stored(outcome.seq);
        return this.#next(lane, item, false);
      case 'rejected':
        this.#tell(item, new SendRejectedError(lane.subject, outcome.code, outcome.reason));
        return this.#next(lane, item, false);
      case 'mailbox_full':
        return this.#noRoom(lane, item, new MailboxFullError(lane.subject, 'lane'), true);
      case 'store_full':
        return this.#noRoom(lane, item, new StoreFullError(item.sending.publication.pool), false);
      case 'unavailable':
        return this.#pause(lane, item, new SendTimeoutError(lane.subject, outcome.reason));
      case 'unknown':
        item.uncertain = true;
        return this.#pause(lane, item, new SendTimeoutError(lane.subject, outcome.reason));
      default:
        outcome satisfies never;
    }
  }

  /** A refusal is final, unless an earlier attempt went unanswered: that one may still be on its way, and find room. */
  #noRoom(lane: Lane, item: Item, error: Error, laneIsFull: boolean): void {
    const { mode } = item.sending;
    if (item.told) return item.uncertain ? this.#pause(lane, item, error) : this.#next(lane, item, false);
    if (mode === 'wait' || item.uncertain) {
      lane.full = laneIsFull;
      return this.#pause(lane, item, error);
    }
    if (mode === 'drop') item.sending.dropped();
    else this.#tell(item, error);
    this.#next(lane, item, false);
  }

  /** Waits a little, then publishes again with the same id; `late` is what the caller is told when its deadline passes. */
  #pause(lane: Lane, item: Item, late: Error): void {
    if (this.#isOver(lane, item, late)) return this.#next(lane, item, false);
    this.#refuseLate(lane);
    item.late = late;
    const now = this.#clock.monotonic();
    const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(item.attempts - 1, 10));
    const until = item.told ? item.forgottenAt : item.giveUpAt;
    item.pause = this.#clock.after(Math.max(1, Math.min(backoff, until - now)), () => {
      item.pause = undefined;
      lane.due.push(item);
      this.#pump(lane);
    });
  }

  /** Past its deadline the caller is told; past the server's memory of its id an uncertain item must not be repeated. */
  #isOver(lane: Lane, item: Item, late: Error): boolean {
    const now = this.#clock.monotonic();
    const isForgotten = item.uncertain && now >= item.forgottenAt;
    if (now >= item.giveUpAt || isForgotten) {
      this.#tell(item, item.uncertain ? new SendOutcomeUnknownError(lane.subject, late.message) : late);
    }
    return item.told && (!item.uncertain || isForgotten);
  }

  #tell(item: Item, error: Error): void {
    if (item.told) return;
    item.told = true;
    item.sending.refused(error);
  }

  #next(lane: Lane, item: Item, full: boolean): void {
    this.#finish(lane, item, full);
    this.#pump(lane);
  }

  #finish(lane: Lane, item: Item, full: boolean): void {
    lane.full = full;
    lane.open.splice(lane.open.indexOf(item), 1);
    this.#opened--;
  }

  #notifyIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}
