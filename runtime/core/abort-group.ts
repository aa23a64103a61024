/**
 * A group of abort signals that are aborted together. With one shared signal, each new listener would walk through all existing
 * ones, and Node would warn of a leak from the eleventh on.
 */
export class AbortGroup {
  readonly #open = new Set<AbortController>();
  #aborted = false;
  #reason: unknown;

  /** Opens a signal for one listener; it is already aborted if the group is. */
  open(): AbortController {
    const controller = new AbortController();
    if (this.#aborted) controller.abort(this.#reason);
    else this.#open.add(controller);
    return controller;
  }

  /** Removes the signal of a listener that is done. */
  close(controller: AbortController): void {
    this.#open.delete(controller);
  }

  /** @param reason the abort reason of every signal; defaults to an `AbortError` */
  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const open = [...this.#open];
    this.#open.clear();
    for (const controller of open) controller.abort(reason);
  }
}
