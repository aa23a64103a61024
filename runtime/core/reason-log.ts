/**
 * One line per change of state: a loop that fails a thousand times for one reason logs it once, and once that it works again.
 *
 * ```ts
 * if (reasons.isNew(reasonOf(error))) log.warn({ reason }, 'claiming the partition failed, trying again');
 * ...
 * if (reasons.recovered()) log.info({}, 'the partition is claimed');
 * ```
 */

/** More reasons than any loop has. Beyond that the oldest is forgotten, so that changing texts cannot fill the memory. */
const remembered = 64;

export class ReasonLog {
  readonly #said = new Set<string>();

  /** Tells whether this reason is new since the last success. Two alternating reasons give two lines. */
  isNew(reason: string): boolean {
    if (this.#said.has(reason)) return false;
    const [oldest] = this.#said;
    if (oldest !== undefined && this.#said.size >= remembered) this.#said.delete(oldest);
    this.#said.add(reason);
    return true;
  }

  /** Forgets every reason. @returns whether there were any */
  recovered(): boolean {
    const had = this.#said.size > 0;
    this.#said.clear();
    return had;
  }
}
