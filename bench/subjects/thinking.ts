/** Many slow agents, until all of them are released at once. */
export class Thinking {
  readonly #pauses = new Map<NodeJS.Timeout, () => void>();
  #over = false;

  /** @returns undefined once all are released */
  pause(ms: number): Promise<void> | undefined {
    if (this.#over) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pauses.delete(timer);
        resolve();
      }, ms);
      this.#pauses.set(timer, resolve);
    });
  }

  end(): void {
    this.#over = true;
    for (const [timer, resolve] of this.#pauses) {
      clearTimeout(timer);
      resolve();
    }
    this.#pauses.clear();
  }
}
