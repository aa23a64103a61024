/** Proposals that policy denied: nobody asks for the same again for a while. */

const patienceTicks = 48;
/** What customers need is asked for again soon: what was denied then may be allowed now. */
const neededTicks = 3;

export class DenialBackoff {
  readonly #until = new Map<string, number>();

  /** @param tick when it was denied */
  denied(service: string, action: string, tick: number): void {
    this.#until.set(`${service}/${action}`, tick + (action === 'scale_up' ? neededTicks : patienceTicks));
  }

  /** Whether it is worth proposing. */
  allows(service: string, action: string, tick: number): boolean {
    return tick >= (this.#until.get(`${service}/${action}`) ?? 0);
  }
}
