/** The link of one connection: messages in transit in both directions, until they arrive or the connection is cut. */
import type { Clock, Timer } from '../../core/clock.ts';
import type { FaultPlan } from './faults.ts';

/** Messages of one channel arrive in the order in which they were sent. */
export interface Channel {
  send(what: string, arrive: () => void): void;
}

interface InFlight {
  readonly what: string;
  readonly timer: Timer;
}

export class Link {
  readonly #clock: Clock;
  readonly #faults: FaultPlan;
  readonly #lost: () => void;
  readonly #inFlight = new Map<number, InFlight>();
  #number = 0;
  #up = true;
  #losing: Timer | undefined;
  /** Messages that arrived while the process was stopped. */
  #backlog: (() => void)[] | undefined;

  /** @param lost called, never within `send`, when a fault takes the connection away */
  constructor(clock: Clock, faults: FaultPlan, lost: () => void) {
    this.#clock = clock;
    this.#faults = faults;
    this.#lost = lost;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Describes the messages in transit, for people. */
  pending(): readonly string[] {
    return [...this.#inFlight.values()].map(({ what }) => what);
  }

  /** Sends a message outside any channel: a later one may arrive earlier. A message sent while the link is down is lost. */
  send(what: string, arrive: () => void, extraMs: number = 0): void {
    this.#travel(what, this.#faults.latencyMs() + extraMs, arrive);
  }

  channel(): Channel {
    let last = 0;
    return {
      send: (what, arrive) => {
        const now = this.#clock.monotonic();
        last = Math.max(last, now + this.#faults.latencyMs());
        this.#travel(what, last - now, arrive);
      },
    };
  }

  /** Cuts the link: everything in transit is lost, and nothing travels until `restore`. */
  cut(): void {
    this.#up = false;
    this.#losing?.cancel();
    this.#losing = undefined;
    for (const { timer } of this.#inFlight.values()) timer.cancel();
    this.#inFlight.clear();
    if (this.#backlog !== undefined) this.#backlog = [];
  }

  /** Stops the process (SIGSTOP): arriving messages wait in its socket. */
  freeze(): void {
    this.#backlog ??= [];
  }

  /** Resumes the process (SIGCONT): it reads the waiting messages. */
  thaw(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = undefined;
    for (const arrive of backlog) arrive();
  }

  restore(): void {
    this.#up = true;
  }

  #travel(what: string, ms: number, arrive: () => void): void {
    if (!this.#up) return;
    const number = this.#number++;
    const timer = this.#clock.after(ms, () => {
      this.#inFlight.delete(number);
      if (this.#backlog === undefined) arrive();
      else this.#backlog.push(arrive);
    });
    this.#inFlight.set(number, { what, timer });
    if (this.#losing === undefined && this.#faults.strikes('disconnect')) {
      this.#losing = this.#clock.after(this.#faults.latencyMs(), this.#lost);
    }
  }
}
