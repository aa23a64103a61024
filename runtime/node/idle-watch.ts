/** Waits until a node is idle: it holds nothing, sends nothing, everything is confirmed, the store is empty. */
import { type Clock, sleep } from '../core/clock.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';

export interface IdleWatchParts {
  readonly clock: Clock;
  /** Tells whether the node itself is idle. */
  readonly isIdle: () => boolean;
  /** Tells the same, ignoring sends in progress, because the end of a send raises no event. */
  readonly isHandled: () => boolean;
  /** Resolves when no send is in progress. */
  readonly sent: () => Promise<void>;
  /** Number of sends so far: one that began during a query of the store may be stored by the time of its answer. */
  readonly sends: () => number;
  /** Number of messages that the store holds for this node's pool; 0 for a node that serves nothing. */
  readonly stored: () => Promise<number>;
  /** Sets whether a caller waits: then nothing is held back for batching. */
  readonly setEager: (isEager: boolean) => void;
}

/** The store raises no event when it is empty: it is polled, quickly at first. */
const firstPollMs = 1;
const longestPollMs = 32;

export class IdleWatch {
  readonly #parts: IdleWatchParts;
  readonly #waiting = new Set<() => void>();
  #closed = false;
  #wanted = 0;

  constructor(parts: IdleWatchParts) {
    this.#parts = parts;
  }

  /** @throws NodeStoppingError when the node stops meanwhile */
  async whenIdle(): Promise<void> {
    const { setEager } = this.#parts;
    this.#wanted += 1;
    setEager(true);
    try {
      await this.#whenIdle();
    } finally {
      this.#wanted -= 1;
      if (this.#wanted === 0) setEager(false);
    }
  }

  async #whenIdle(): Promise<void> {
    const { clock, isIdle, sent, sends } = this.#parts;
    let pollMs = firstPollMs;
    for (;;) {
      await sent();
      if (this.#closed) throw new NodeStoppingError();
      if (!isIdle()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
      else {
        const before = sends();
        if ((await this.#isEmpty()) && isIdle() && sends() === before) return;
        await sleep(clock, pollMs);
        pollMs = Math.min(longestPollMs, 2 * pollMs);
      }
    }
  }

  /** A store that does not answer may hold something. */
  #isEmpty(): Promise<boolean> {
    return this.#parts.stored().then(
      (messages) => messages === 0,
      () => false,
    );
  }

  /** Call it whenever the node may have become idle. */
  check(): void {
    if (this.#waiting.size > 0 && (this.#closed || this.#parts.isHandled())) this.#wake();
  }

  /** Ends all waits when the node stops. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
