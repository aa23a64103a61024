/** Plans the receivers when agents in memory are compared with others: one of each kind in turn. */

export const warmSubject = 0;
export const coldSubject = 1;

export class WarmAndCold {
  readonly #agents: number;
  readonly #active: number;
  #warm = 0;
  #cold = 0;

  /** @param active the number of these agents that stay in memory */
  constructor(agents: number, active: number) {
    this.#agents = agents;
    this.#active = active;
  }

  /** Returns the agent of the n-th intent of a round; every agent of a kind has its turn before one repeats. */
  receiverOf(n: number): number {
    if (n % 2 === warmSubject) return this.#warm++ % this.#active;
    return this.#active + (this.#cold++ % (this.#agents - this.#active));
  }
}

/** Agents with turns at half of this rate stay in memory; an agent with a single turn is soon passivated. */
export const warmIdleMs = (active: number, ratePerSecond: number): number =>
  Math.max(1_000, Math.ceil((2 * 1_000 * active) / (ratePerSecond / 2)));
