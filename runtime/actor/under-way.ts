/** The current work of agents: intents, hooks and timers, in the order in which they began. */
import type { Clock } from '../core/clock.ts';

/** A list node itself: tracking a handling allocates nothing. */
export interface Doing {
  /** The agent's id. */
  readonly self: string;
  /** Monotonic; set by `UnderWay`, as are its neighbours. */
  begunAt: number;
  earlier: Doing | undefined;
  later: Doing | undefined;
}

export class UnderWay {
  readonly #clock: Clock;
  #first: Doing | undefined;
  #last: Doing | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(doing: Doing): void {
    doing.begunAt = this.#clock.monotonic();
    doing.earlier = this.#last;
    if (this.#last === undefined) this.#first = doing;
    else this.#last.later = doing;
    this.#last = doing;
  }

  /** Call it once per `begin`; a second call does nothing. */
  end(doing: Doing): void {
    const { earlier, later } = doing;
    if (earlier === undefined && this.#first !== doing) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    doing.earlier = undefined;
    doing.later = undefined;
  }

  /** The work that has lasted longest. */
  get oldest(): { readonly agent: string; readonly ms: number } | undefined {
    const doing = this.#first;
    return doing === undefined ? undefined : { agent: doing.self, ms: this.#clock.monotonic() - doing.begunAt };
  }
}
