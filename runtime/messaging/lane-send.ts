/** A checked intent in its lane: becomes a ticket when the store has accepted it. */
import type { MessageHeaders } from '../core/delivery.ts';
import type { Intent } from '../core/intent.ts';
import type { Publication } from '../core/publication.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Sending, SendMode } from '../mailbox/sending.ts';
import type { CheckedIntent } from './checked-intent.ts';

/** Where a send goes, and under which id. */
export interface LaneAddress {
  readonly pool: string;
  readonly subject: string;
  readonly messageId: string;
  /** The stream that stores it. */
  readonly stream: string;
}

/**
 * Hot path: one object, which is its own publication and keeps nothing of the checks. What a send in flight holds is copied by
 * every collection until the server answers, and costs more than making it.
 */
export class LaneSend implements Sending, Publication {
  readonly pool: string;
  readonly subject: string;
  readonly messageId: string;
  readonly payload: Uint8Array;
  readonly headers: MessageHeaders | undefined;
  readonly mode: SendMode;
  readonly giveUpAt: number;
  readonly #intent: Intent;
  readonly #receiver: string;
  readonly #stream: string;
  readonly #sent: (intent: Intent, ticket: Ticket) => void;
  readonly #resolve: (ticket: Ticket | undefined) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    { intent, receiver, payload, headers, mode, giveUpAt, sent }: CheckedIntent,
    { pool, subject, messageId, stream }: LaneAddress,
    resolve: (ticket: Ticket | undefined) => void,
    reject: (error: Error) => void,
  ) {
    this.pool = pool;
    this.subject = subject;
    this.messageId = messageId;
    this.payload = payload;
    this.headers = headers;
    this.mode = mode;
    this.giveUpAt = giveUpAt;
    this.#intent = intent;
    this.#receiver = receiver;
    this.#stream = stream;
    this.#sent = sent;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get publication(): Publication {
    return this;
  }

  get intentId(): string {
    return this.#intent.intent_id;
  }

  /** Notifies the sender's observer just before the sender, in the order in which the server stored. */
  stored(seq: number): void {
    const ticket = { intent_id: this.intentId, to: this.#receiver, stream: this.#stream, seq };
    this.#resolve(ticket);
    this.#sent(this.#intent, ticket);
  }

  dropped(): void {
    this.#resolve(undefined);
  }

  refused(error: Error): void {
    this.#reject(error);
  }
}
