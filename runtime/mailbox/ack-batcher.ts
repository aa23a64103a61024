/**
 * Acknowledges what was handled, cheaply but confirmed: every so many, or a little later, one asks for the server's word,
 * which covers those before it. What is not confirmed is said again; on a new feed, where the store delivers it once more,
 * the inbox does that.
 */
import type { Clock, Timer } from '../core/clock.ts';

/** The two verbs of a feed that are needed here. */
export interface Acknowledger {
  ack(seq: number): void;
  ackConfirmed(seq: number): Promise<void>;
}

const confirmEvery = 128;
const confirmAfterMs = 50;
/** While somebody waits for the server's word: those of one turn of the event loop still go together. */
const hurriedMs = 0;
const repeatAfterMs = 500;

export class AckBatcher {
  readonly #to: Acknowledger;
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  #unconfirmed: number[] = [];
  #asking = 0;
  /** The last request got no word: nothing is confirmed before everything has been said again. */
  #repeating = false;
  #timer: Timer | undefined;
  #over = false;
  #hurried = false;

  constructor(to: Acknowledger, clock: Clock, onIdle: () => void) {
    this.#to = to;
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** Acknowledged, but not known to be. */
  get unconfirmed(): number {
    return this.#unconfirmed.length;
  }

  /** Whether somebody waits for the server's word. */
  hurry(hurried: boolean): void {
    this.#hurried = hurried;
    if (hurried && this.#asking === 0 && !this.#repeating) this.#confirm();
  }

  add(seq: number): void {
    if (this.#over) return;
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
    this.#onIdle();
  }

  #later(): Timer {
    return this.#clock.after(this.#hurried ? hurriedMs : confirmAfterMs, () => this.#confirm());
  }

  #confirm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const last = this.#unconfirmed.at(-1);
    if (this.#over || last === undefined) return;
    this.#asking = this.#unconfirmed.length;
    this.#to.ackConfirmed(last).then(
      () => this.#confirmed(),
      () => this.#notConfirmed(),
    );
  }

  #confirmed(): void {
    if (this.#over) return;
    this.#unconfirmed = this.#unconfirmed.slice(this.#asking);
    this.#asking = 0;
    if (this.#unconfirmed.length >= confirmEvery) return this.#confirm();
    if (this.#unconfirmed.length > 0) this.#timer = this.#later();
    else this.#onIdle();
  }

  /** No word: an election, or the feed is about to break. Everything is said again. */
  #notConfirmed(): void {
    if (this.#over) return;
    this.#asking = 0;
    this.#repeating = true;
    this.#timer = this.#clock.after(repeatAfterMs, () => {
      this.#repeating = false;
      for (const seq of this.#unconfirmed) this.#to.ack(seq);
      this.#confirm();
    });
  }
}
