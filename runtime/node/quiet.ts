/** Waiting until a node has nothing to do: nothing held, nothing being sent, everything confirmed, nothing in the store. */
import { type Clock, sleep } from '../core/clock.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';

export interface QuietParts {
  readonly clock: Clock;
  /** Has the node itself nothing to do? */
  readonly isQuiet: () => boolean;
  /** The same, but for what is being sent: the end of a send calls nobody. */
  readonly isHandled: () => boolean;
  /** Resolves when nothing is being sent. */
  readonly sent: () => Promise<void>;
  /** Sends so far: one that began while the store was asked may be in it by the time of its answer. */
  readonly sends: () => number;
  /** Messages that the store holds for this node's pool; 0 for a node that serves nothing. */
  readonly stored: () => Promise<number>;
  /** Whether somebody waits: then nothing is held back to go with others. */
  readonly setEager: (isEager: boolean) => void;
}

/** What the store holds has no event: it is asked, at once at first. */
const firstPollMs = 1;
const longestPollMs = 32;

export class Quiet {
  readonly #parts: QuietParts;
  readonly #waiting = new Set<() => void>();
  #closed = false;
  #wanted = 0;

  constructor(parts: QuietParts) {
    this.#parts = parts;
  }

  /** @throws SenderClosedError when the node stops meanwhile */
  async reached(): Promise<void> {
    const { setEager } = this.#parts;
    this.#wanted += 1;
    setEager(true);
    try {
      await this.#reached();
    } finally {
      this.#wanted -= 1;
      if (this.#wanted === 0) setEager(false);
    }
  }

  async #reached(): Promise<void> {
    const { clock, isQuiet, sent, sends } = this.#parts;
    let pollMs = firstPollMs;
    for (;;) {
      await sent();
      if (this.#closed) throw new NodeStoppingError();
      if (!isQuiet()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
      else {
        const before = sends();
        if ((await this.#isEmpty()) && isQuiet() && sends() === before) return;
        await sleep(clock, pollMs);
        pollMs = Math.min(longestPollMs, 2 * pollMs);
      }
    }
  }

  /** What does not answer may hold something. */
  #isEmpty(): Promise<boolean> {
    return this.#parts.stored().then(
      (messages) => messages === 0,
      () => false,
    );
  }

  /** To be called whenever the node may have nothing to do any more. */
  check(): void {
    if (this.#waiting.size > 0 && (this.#closed || this.#parts.isHandled())) this.#wake();
  }

  /** The node stops: whoever waits is told. */
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
