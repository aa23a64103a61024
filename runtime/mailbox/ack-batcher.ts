/**
 * Acknowledges what was handled, cheaply but confirmed: every so many, or a little later, one asks for the server's word,
 * which covers those before it. What is not confirmed is said again; on a new feed, where the store delivers it once more,
 * the inbox does that. The server bounds what is unconfirmed: it delivers no more than `max_ack_pending`.
 */
import { Backoff } from '../core/backoff.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Random } from '../core/random.ts';

/** The two verbs of a feed that are needed here. */
export interface Acknowledger {
  ack(seq: number): void;
  ackConfirmed(seq: number): Promise<void>;
}

export interface AckBatcherEvents {
  /** The server knows that these are done with. */
  confirmed(seqs: readonly number[]): void;
  /** Nothing is unconfirmed any more. */
  idle(): void;
}

const confirmEvery = 128;
const confirmAfterMs = 50;
/** While somebody waits for the server's word: those of one turn of the event loop still go together. */
const eagerMs = 0;
const repeatRule = Object.freeze({ initialIntervalMs: 500, maxIntervalMs: 10_000 });

export class AckBatcher {
  readonly #to: Acknowledger;
  readonly #clock: Clock;
  readonly #events: AckBatcherEvents;
  readonly #backoff: Backoff;
  #unconfirmed: number[] = [];
  /** When the oldest of them was said, monotonic. */
  #since = 0;
  #asking = 0;
  #askedAt = 0;
  /** The last request got no word: nothing is confirmed before everything has been said again. */
  #repeating = false;
  #timer: Timer | undefined;
  #over = false;
  #isEager = false;

  constructor(to: Acknowledger, clock: Clock, random: Random, events: AckBatcherEvents) {
    this.#to = to;
    this.#clock = clock;
    this.#backoff = new Backoff(random, repeatRule);
    this.#events = events;
  }

  /** Acknowledged, but not known to be. */
  get unconfirmed(): number {
    return this.#unconfirmed.length;
  }

  /** How long the oldest of them has waited for the server's word, milliseconds. */
  get oldestMs(): number {
    return this.#unconfirmed.length === 0 ? 0 : this.#clock.monotonic() - this.#since;
  }

  /** Whether somebody waits for the server's word. */
  setEager(isEager: boolean): void {
    this.#isEager = isEager;
    if (isEager && this.#asking === 0 && !this.#repeating) this.#confirm();
  }

  add(seq: number): void {
    if (this.#over) return;
    if (this.#unconfirmed.length === 0) this.#since = this.#clock.monotonic();
    this.#unconfirmed.push(seq);
    const isDue = this.#asking === 0 && !this.#repeating && this.#unconfirmed.length >= confirmEvery;
    if (isDue) return this.#confirm();
    this.#to.ack(seq);
    if (this.#asking === 0) this.#timer ??= this.#later();
  }

  /** The feed is over: whatever was not confirmed will be delivered again. */
  end(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#unconfirmed = [];
    this.#events.idle();
  }

  #later(): Timer {
    return this.#clock.after(this.#isEager ? eagerMs : confirmAfterMs, () => this.#confirm());
  }

  #confirm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const last = this.#unconfirmed.at(-1);
    if (this.#over || last === undefined) return;
    this.#asking = this.#unconfirmed.length;
    this.#askedAt = this.#clock.monotonic();
    this.#to.ackConfirmed(last).then(
      () => this.#confirmed(),
      () => this.#notConfirmed(),
    );
  }

  #confirmed(): void {
    if (this.#over) return;
    this.#backoff.reset();
    const confirmed = this.#unconfirmed;
    this.#unconfirmed = confirmed.slice(this.#asking);
    confirmed.length = this.#asking;
    this.#asking = 0;
    // those that are left were said after the question
    this.#since = this.#askedAt;
    this.#events.confirmed(confirmed);
    if (this.#unconfirmed.length >= confirmEvery) return this.#confirm();
    if (this.#unconfirmed.length > 0) this.#timer = this.#later();
    else this.#events.idle();
  }

  /** No word: an election, or the feed is about to break. Everything is said again. */
  #notConfirmed(): void {
    if (this.#over) return;
    this.#asking = 0;
    this.#repeating = true;
    this.#timer = this.#clock.after(this.#backoff.nextMs(), () => {
      this.#repeating = false;
      for (const seq of this.#unconfirmed) this.#to.ack(seq);
      this.#confirm();
    });
  }
}
