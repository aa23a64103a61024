/** Repeatable requests to the store: retried until an answer comes, the deadline passes or the connection closes. */
import type { Clock, Timer } from '../../core/clock.ts';
import { TransportUnavailableError } from '../transport-errors.ts';
import type { FaultPlan } from './faults.ts';
import type { Link } from './link.ts';

const tryMs = 2_000;
const pauseMs = 250;
const deadlineMs = 15_000;

type Answer<T> = { readonly value: T } | { readonly error: unknown };

export class Requests {
  readonly #clock: Clock;
  readonly #faults: FaultPlan;
  readonly #link: Link;
  readonly #ends = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock, faults: FaultPlan, link: Link) {
    this.#clock = clock;
    this.#faults = faults;
    this.#link = link;
  }

  /**
   * @param serve runs at the store when the request arrives; `attempt` counts from 0. An error that it throws is the answer.
   * @throws TransportUnavailableError
   */
  ask<T>(what: string, serve: (attempt: number) => T, withinMs: number = deadlineMs): Promise<T> {
    return new Promise((resolve, reject) => {
      const until = this.#clock.monotonic() + withinMs;
      let retry: Timer | undefined;
      const finish = (answer: Answer<T>): void => {
        retry?.cancel();
        this.#ends.delete(end);
        if ('value' in answer) resolve(answer.value);
        else reject(answer.error);
      };
      const end = (): void => finish({ error: new TransportUnavailableError(what) });
      const attempt = (number: number): void => {
        const wait = this.#link.up ? tryMs : pauseMs;
        if (this.#clock.monotonic() + wait > until) return end();
        retry = this.#clock.after(wait, () => attempt(number + 1));
        this.#travel(what, () => serve(number), finish);
      };
      if (this.#closed) return end();
      this.#ends.add(end);
      attempt(0);
    });
  }

  /** Ends all requests without an answer. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#ends]) end();
  }

  #travel<T>(what: string, serve: () => T, answered: (answer: Answer<T>) => void): void {
    const lost = this.#faults.strikes('loseRequest');
    if (lost && this.#faults.coin()) return;
    this.#link.send(what, () => {
      const answer = attemptTo(serve);
      if (!lost) this.#link.send(`answer to ${what}`, () => answered(answer));
    });
  }
}

function attemptTo<T>(serve: () => T): Answer<T> {
  try {
    return { value: serve() };
  } catch (error) {
    return { error };
  }
}
