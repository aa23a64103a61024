/** A checked intent in its lane: becomes a ticket when the store has accepted it. */
import type { Publication } from '../core/publication.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Sending, SendMode } from '../mailbox/sending.ts';
import type { CheckedIntent } from './checked-intent.ts';

/** Hot path: one object with methods, because three closures per send cost more. */
export class LaneSend implements Sending {
  readonly publication: Publication;
  readonly #checked: CheckedIntent;
  readonly #stream: string;
  readonly #resolve: (ticket: Ticket | undefined) => void;
  readonly #reject: (error: Error) => void;

  /** @param stream the stream that stores it */
  constructor(
    publication: Publication,
    checked: CheckedIntent,
    stream: string,
    resolve: (ticket: Ticket | undefined) => void,
    reject: (error: Error) => void,
  ) {
    this.publication = publication;
    this.#checked = checked;
    this.#stream = stream;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get intentId(): string {
    return this.#checked.intent.intent_id;
  }

  get mode(): SendMode {
    return this.#checked.mode;
  }

  get giveUpAt(): number {
    return this.#checked.giveUpAt;
  }

  /** Notifies the sender's observer just before the sender, in the order in which the server stored. */
  stored(seq: number): void {
    const { receiver: to } = this.#checked;
    const ticket = { intent_id: this.intentId, to, stream: this.#stream, seq };
    this.#resolve(ticket);
    this.#checked.stored(ticket);
  }

  dropped(): void {
    this.#resolve(undefined);
  }

  refused(error: Error): void {
    this.#reject(error);
  }
}
