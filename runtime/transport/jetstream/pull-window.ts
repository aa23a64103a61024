/**
 * The window of messages that a feed keeps requested from a consumer: half of it used, the feed pulls again.
 *
 * Pure: every call passes the monotonic time.
 */

/** The lifetime of a pull on the server; its status at the end leads to the next pull. */
export const pullExpiresMs = 30_000;

export class PullWindow {
  #size = 0;
  #outstanding = 0;
  /** The time of the last pull: `pullExpiresMs` later none waits on the server. */
  #pulledAt = 0;

  /** @param messages 0 stops */
  resize(messages: number): void {
    this.#size = messages;
  }

  /** Returns the number of messages to request now; 0 for none. */
  get batch(): number {
    return this.#outstanding > this.#size / 2 ? 0 : this.#size - this.#outstanding;
  }

  pulled(batch: number, now: number): void {
    this.#pulledAt = now;
    this.#outstanding += batch;
  }

  received(): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1);
  }

  /** Records the end of a pull, with the number of its messages that will not come. */
  ended(left: number): void {
    this.#outstanding = Math.max(0, this.#outstanding - left);
  }

  /** Records that no pull waits on the server any more. */
  clear(): void {
    this.#outstanding = 0;
  }

  /** Tells whether a pull waits on the server, so that the server has to send heartbeats. */
  isPulling(now: number): boolean {
    return this.#outstanding > 0 && now - this.#pulledAt < pullExpiresMs;
  }
}
