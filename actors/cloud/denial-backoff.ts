/** Backs off after a denial by policy: agents do not repeat a denied proposal for a while. */

const patienceTicks = 48;
/** A shorter backoff for capacity that customers need: policy may allow it soon. */
const neededTicks = 3;

export class DenialBackoff {
  readonly #until = new Map<string, number>();

  /** Records a denial. @param tick when it was denied */
  denied(service: string, action: string, tick: number): void {
    this.#until.set(`${service}/${action}`, tick + (action === 'scale_up' ? neededTicks : patienceTicks));
  }

  /** Whether a proposal is worth making again. */
  allows(service: string, action: string, tick: number): boolean {
    return tick >= (this.#until.get(`${service}/${action}`) ?? 0);
  }
}
