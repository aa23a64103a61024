/** Core NATS at the store: listeners by subject, servers by pattern. */

/** @param reply returns the answer of this listener to the store; absent for a message without a request */
export type Listener = (text: string, reply: ((text: string) => void) | undefined) => void;

export type Server = (subject: string, text: string, reply: (text: string) => void) => void;

interface Service {
  readonly tokens: readonly string[];
  readonly queue: string;
  readonly server: Server;
}

const fits = (pattern: readonly string[], tokens: readonly string[]): boolean =>
  pattern.length === tokens.length && pattern.every((token, n) => token === '*' || token === tokens[n]);

export class Switchboard {
  readonly #services: Service[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Adds a listener. Returns a function that removes it. */
  listen(subject: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(subject) ?? new Set<Listener>();
    this.#listeners.set(subject, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(subject) === listeners) this.#listeners.delete(subject);
    };
  }

  /** Adds a server; among those of the same queue, one gets each request. Returns a function that removes it. */
  serve(pattern: string, queue: string, server: Server): () => void {
    const service: Service = { tokens: pattern.split('.'), queue, server };
    this.#services.push(service);
    return () => void this.#services.splice(this.#services.indexOf(service), 1);
  }

  /** @returns the number of servers for a request: one per queue */
  request(subject: string, text: string, reply: (text: string) => void): number {
    const tokens = subject.split('.');
    const fitting = this.#services.filter((service) => fits(service.tokens, tokens));
    const chosen = new Map(fitting.map((service) => [service.queue, service]));
    for (const { server } of chosen.values()) server(subject, text, reply);
    return chosen.size;
  }

  /** @returns the number of listeners */
  send(subject: string, text: string, reply?: (text: string) => void): number {
    const listeners = [...(this.#listeners.get(subject) ?? [])];
    for (const listener of listeners) listener(text, reply);
    return listeners.length;
  }
}
