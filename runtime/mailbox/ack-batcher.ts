/**
 * Acknowledges handled intents in confirmed batches. Every so many acknowledgements, or a little later, one of them asks the
 * server for a confirmation, which also covers those before it. The batcher resends unconfirmed acknowledgements; on a new
 * feed, where the store redelivers them, the inbox does that. The server bounds them: it delivers no more than
 * `max_ack_pending`.
 */
import { Backoff } from '../core/backoff.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Random } from '../core/random.ts';

/** The two feed methods that the batcher needs. */
export interface Acknowledger {
  ack(seq: number): void;
  ackConfirmed(seq: number): Promise<void>;
}

export interface AckBatcherEvents {
  /** Called when the server has confirmed these acknowledgements. */
  confirmed(seqs: readonly number[]): void;
  /** Called when all acknowledgements are confirmed. */
  idle(): void;
}

const confirmEvery = 128;
const confirmAfterMs = 50;
/** While a caller waits for the confirmation: acknowledgements of one turn of the event loop still share a request. */
const eagerMs = 0;
const repeatRule = Object.freeze({ initialIntervalMs: 500, maxIntervalMs: 10_000 });

export class AckBatcher {
  readonly #to: Acknowledger;
  readonly #clock: Clock;
  readonly #events: AckBatcherEvents;
  readonly #backoff: Backoff;
  #unconfirmed: number[] = [];
  /** When the oldest unconfirmed acknowledgement was sent, monotonic. */
  #since = 0;
  #asking = 0;
  #askedAt = 0;
  /** The last request got no answer: nothing counts as confirmed before everything has been resent. */
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

  /** Number of acknowledgements sent but not confirmed. */
  get unconfirmed(): number {
    return this.#unconfirmed.length;
  }

  /** How long the oldest of them has waited for its confirmation, milliseconds. */
  get oldestMs(): number {
    return this.#unconfirmed.length === 0 ? 0 : this.#clock.monotonic() - this.#since;
  }

  /** Sets whether a caller waits for the confirmation. */
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

  /** Ends with the feed: unconfirmed messages will be redelivered. */
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
    // the remaining ones were sent after the request
    this.#since = this.#askedAt;
    this.#events.confirmed(confirmed);
    if (this.#unconfirmed.length >= confirmEvery) return this.#confirm();
    if (this.#unconfirmed.length > 0) this.#timer = this.#later();
    else this.#events.idle();
  }

  /** No answer: an election, or the feed is about to break. Resends every acknowledgement. */
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
