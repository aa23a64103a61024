/** Orders the questions of all clients: one at a time, first come first served, with no question of others inside a transaction. */

/** The part of PGlite that the queue needs. */
export interface Session {
  /** Answers one whole question. @throws when it can answer no more */
  answer(question: Uint8Array): Uint8Array;
  readonly inTransaction: boolean;
  rollBack(): void;
}

interface Waiting<Client> {
  readonly client: Client;
  readonly question: Uint8Array;
}

export class SessionQueue<Client> {
  readonly #session: Session;
  #line: Waiting<Client>[] = [];
  /** The client whose transaction is open. */
  #owner: Client | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  get owner(): Client | undefined {
    return this.#owner;
  }

  ask(client: Client, question: Uint8Array): void {
    this.#line.push({ client, question });
  }

  /** Answers the next question; `undefined` when none may be answered now. */
  next(): { readonly client: Client; readonly answer: Uint8Array } | undefined {
    const at = this.#owner === undefined ? 0 : this.#line.findIndex(({ client }) => client === this.#owner);
    const [waiting] = at === -1 ? [] : this.#line.splice(at, 1);
    if (waiting === undefined) return undefined;
    const answer = this.#session.answer(waiting.question);
    this.#owner = this.#session.inTransaction ? waiting.client : undefined;
    return { client: waiting.client, answer };
  }

  /** Forgets a client that is gone: drops its questions, and rolls its open transaction back. */
  leave(client: Client): void {
    this.#line = this.#line.filter((waiting) => waiting.client !== client);
    if (this.#owner !== client) return;
    this.#session.rollBack();
    this.#owner = undefined;
  }
}
