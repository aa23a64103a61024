/** Present problems of a connection, as sentences: for health, and once each on standard error. */
import type { Clock } from '../../core/clock.ts';

interface Problem {
  readonly sentence: string;
  /** Monotonic; the problem is over unless it is reported again before this time. */
  readonly until: number;
}

/** Longer than the longest wait before a refused operation is retried. */
const refusalMs = 90_000;
const mostProblems = 32;

/** The client library's names of operations. */
export type RefusedOperation = 'publish' | 'subscription';

export const refusalKey = (operation: string, subject: string): string => `${operation} ${subject}`;

export class ConnectionProblems {
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  readonly #known = new Map<string, Problem>();

  /** @param say called once with each new problem */
  constructor(clock: Clock, say: (line: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  get sentences(): readonly string[] {
    this.#forgetOld();
    return [...this.#known.values()].map(({ sentence }) => sentence);
  }

  /** Records a problem that lasts until it is cleared. */
  report(key: string, sentence: string): void {
    this.#note(key, sentence, Number.POSITIVE_INFINITY);
  }

  /** Reports a refusal by the server; it ends when the operation succeeds, or is not refused again. */
  refused(key: string, sentence: string): void {
    this.#note(key, sentence, this.#clock.monotonic() + refusalMs);
  }

  /**
   * Starts an operation that may have been refused before. Call the returned function when it has succeeded: it ends the
   * refusal, unless there was another one meanwhile. Hot path: costs nothing while there are no problems.
   */
  retried(operation: RefusedOperation, subject: string): (() => void) | undefined {
    if (this.#known.size === 0) return undefined;
    const key = refusalKey(operation, subject);
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    return () => {
      if (this.#known.get(key) === known) this.#known.delete(key);
    };
  }

  clear(key: string): void {
    this.#known.delete(key);
  }

  /** Prints a line for people that is not a problem. */
  say(line: string): void {
    this.#say(line);
  }

  #note(key: string, sentence: string, until: number): void {
    this.#forgetOld();
    const known = this.#known.get(key);
    // clients can cause refusals of any subject: their number is limited
    if (known === undefined && this.#known.size >= mostProblems) return;
    this.#known.set(key, { sentence, until });
    if (known?.sentence !== sentence) this.#say(sentence);
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
  }
}
