/**
 * Many abort signals that are aborted together. One signal for all would be walked through by each listener that is added, and
 * Node would warn of a leak from the eleventh on.
 */
export class AbortGroup {
  readonly #open = new Set<AbortController>();
  #aborted = false;
  #reason: unknown;

  /** A signal of its own for whoever may listen; aborted already if the group is. */
  open(): AbortController {
    const controller = new AbortController();
    if (this.#aborted) controller.abort(this.#reason);
    else this.#open.add(controller);
    return controller;
  }

  /** Nobody listens to it any more. */
  close(controller: AbortController): void {
    this.#open.delete(controller);
  }

  /** @param reason what each signal says; without it, that it was aborted */
  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const open = [...this.#open];
    this.#open.clear();
    for (const controller of open) controller.abort(reason);
  }
}
