/** Core NATS at the store: who listens to which subject. Subjects are exact; the runtime uses no wildcards in signals. */

/** @param reply takes the answer of this listener back to the store; absent when nobody asked */
export type Listener = (text: string, reply: ((text: string) => void) | undefined) => void;

export class Switchboard {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Returns the way to stop. */
  listen(subject: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(subject) ?? new Set<Listener>();
    this.#listeners.set(subject, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(subject) === listeners) this.#listeners.delete(subject);
    };
  }

  /** @returns how many listen */
  send(subject: string, text: string, reply?: (text: string) => void): number {
    const listeners = [...(this.#listeners.get(subject) ?? [])];
    for (const listener of listeners) listener(text, reply);
    return listeners.length;
  }
}
