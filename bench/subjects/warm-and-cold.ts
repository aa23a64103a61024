/** Who is sent to when agents in memory are compared with others: in turn one that is, and one that is not. */

export const warmSubject = 0;
export const coldSubject = 1;

export class WarmAndCold {
  readonly #agents: number;
  readonly #active: number;
  #warm = 0;
  #cold = 0;

  /** @param active of these agents so many are kept in memory */
  constructor(agents: number, active: number) {
    this.#agents = agents;
    this.#active = active;
  }

  /** The number of the agent that the n-th intent of a round goes to; all of either have their turn before one has it again. */
  receiverOf(n: number): number {
    if (n % 2 === warmSubject) return this.#warm++ % this.#active;
    return this.#active + (this.#cold++ % (this.#agents - this.#active));
  }
}

/** Agents that have their turn at half of this rate stay in memory; one that had a single turn soon goes. */
export const warmIdleMs = (active: number, ratePerSecond: number): number =>
  Math.max(1_000, Math.ceil((2 * 1_000 * active) / (ratePerSecond / 2)));
