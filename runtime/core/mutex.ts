/** A mutex that serves waiters in order of arrival. */
export class Mutex {
  #taken = false;
  #waiting: (() => void)[] | undefined;

  get isHeld(): boolean {
    return this.#taken;
  }

  /** @returns `undefined` if the mutex was free and is now held; otherwise a promise that resolves once it is held */
  acquire(): Promise<void> | undefined {
    if (this.#taken)
      return new Promise((resolve) => {
        this.#waiting ??= [];
        this.#waiting.push(resolve);
      });
    this.#taken = true;
    return undefined;
  }

  /** Passes the mutex to the longest waiter. */
  release(): void {
    const next = this.#waiting?.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
