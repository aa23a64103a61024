/** What is wrong with a connection just now, in sentences: for health, and once each on standard error. */
import type { Clock } from '../../core/clock.ts';

interface Problem {
  readonly sentence: string;
  /** Monotonic; what is not reported again until then is over. */
  readonly until: number;
}

/** Longer than the longest wait before something that was refused is tried again. */
const refusalMs = 90_000;
const mostProblems = 32;

/** As the client library calls them. */
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

  /** Holds until it is cleared. */
  report(key: string, sentence: string): void {
    this.#note(key, sentence, Number.POSITIVE_INFINITY);
  }

  /** The server refused something: over when it works, or is not refused again. */
  refused(key: string, sentence: string): void {
    this.#note(key, sentence, this.#clock.monotonic() + refusalMs);
  }

  /**
   * Begins a try of what may have been refused. What is returned is called when it worked: the refusal is over then, unless there
   * was another one meanwhile. Hot path: costs nothing while there are no problems.
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

  /** For people, and no problem: it is over. */
  say(line: string): void {
    this.#say(line);
  }

  #note(key: string, sentence: string, until: number): void {
    this.#forgetOld();
    const known = this.#known.get(key);
    // strangers can name subjects that are refused: no more of them are kept
    if (known === undefined && this.#known.size >= mostProblems) return;
    this.#known.set(key, { sentence, until });
    if (known?.sentence !== sentence) this.#say(sentence);
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
  }
}
