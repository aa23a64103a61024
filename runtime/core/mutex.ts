/** One at a time, in the order in which they asked. */
export class Mutex {
  #taken = false;
  #waiting: (() => void)[] | undefined;

  get isHeld(): boolean {
    return this.#taken;
  }

  /** @returns nothing if it is free, and taken now; otherwise a promise that resolves when it has been taken */
  acquire(): Promise<void> | undefined {
    if (this.#taken)
      return new Promise((resolve) => {
        this.#waiting ??= [];
        this.#waiting.push(resolve);
      });
    this.#taken = true;
    return undefined;
  }

  /** Whoever waits longest has it next. */
  release(): void {
    const next = this.#waiting?.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
