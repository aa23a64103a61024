/** The way out of a node: checks an intent, finds its mailbox, passes the brakes, sends, and returns the ticket. */
import type { Clock } from '../core/clock.ts';
import { parseAgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { checkDeadline, checkIntent, encodeIntent } from '../core/intent-codec.ts';
import { MissingReceiverError } from '../core/intent-errors.ts';
import { checkAgainstSchemas, type IntentSchemas } from '../core/intent-schema.ts';
import { mailboxStream, mailboxSubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import type { EgressGate } from '../mailbox/egress-gate.ts';
import type { LaneSender, SendMode } from '../mailbox/lane-sender.ts';
import { MailboxFullError, StoreFullError } from '../mailbox/mailbox-errors.ts';
import { messageId } from '../mailbox/message-id.ts';

export interface SendOptions {
  /** Default `reject`. */
  readonly mode?: SendMode;
  /** How long to wait for the server's word, milliseconds. */
  readonly deadlineMs?: number;
}

/** Where mailboxes are; `runtime/cluster/directory.ts`. */
export interface MailboxLocator {
  locate(agent: { readonly kind: string; readonly key: string | undefined }): MailboxPlaceOf | Promise<MailboxPlaceOf>;
}

interface MailboxPlaceOf {
  readonly pool: string;
  readonly partition: number;
}

/** Which mailboxes and pools take nothing just now; `runtime/cluster/pool-watch.ts`. */
export interface Congestion {
  isClosed(pool: string, agent: string): boolean;
  isFull(pool: string): boolean;
  /** Resolves when that may have changed, or after a moment. */
  changed(): Promise<void>;
}

export interface IntentSenderParts {
  readonly mesh: string;
  readonly clock: Clock;
  readonly locator: MailboxLocator;
  readonly congestion: Congestion;
  readonly egress: EgressGate;
  readonly lanes: LaneSender;
  /** The schemas of a kind, where this process knows them. */
  readonly schemasOf: (kind: string) => IntentSchemas | undefined;
  readonly deadlineMs: number;
}

export class IntentSender {
  readonly #parts: IntentSenderParts;

  constructor(parts: IntentSenderParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the server has stored the intent; to `undefined` only in mode `drop`, when there was no room.
   * @throws every class of `core/intent-errors.ts`, `mailbox/mailbox-errors.ts`, and UnknownAgentError
   */
  async send(intent: Intent, options: SendOptions = {}): Promise<Ticket | undefined> {
    const { mesh, clock, locator, egress, lanes } = this.#parts;
    const { mode = 'reject', deadlineMs = this.#parts.deadlineMs } = options;
    if (intent.to_agent === null) throw new MissingReceiverError();
    checkIntent(intent);
    checkDeadline(intent, clock.now());
    const to = parseAgentId(intent.to_agent);
    const schemas = this.#parts.schemasOf(to.kind);
    if (schemas !== undefined) checkAgainstSchemas(to.kind, schemas, intent);
    const payload = encodeIntent(intent);

    const giveUpAt = clock.monotonic() + deadlineMs;
    const located = locator.locate(to);
    const place = located instanceof Promise ? await located : located;
    const admitted = egress.admit(intent.from_agent, mode, giveUpAt);
    if (!(admitted instanceof Promise ? await admitted : admitted)) return undefined;
    const subject = mailboxSubject(mesh, {
      pool: place.pool,
      partition: place.partition,
      to,
      from: parseAgentId(intent.from_agent),
      lane: 'i',
    });
    if (this.#congested(place.pool, intent.to_agent) !== undefined) {
      if (!(await this.#passCongestion(place.pool, intent.to_agent, subject, mode, giveUpAt))) return undefined;
    }
    const publication = { pool: place.pool, subject, messageId: messageId(subject, intent.intent_id, 1), payload };
    const seq = await lanes.send({ publication, mode, deadlineMs: giveUpAt - clock.monotonic() });
    if (seq === undefined) return undefined;
    return { intent_id: intent.intent_id, to: intent.to_agent, stream: mailboxStream(mesh, place.pool), seq };
  }

  #congested(pool: string, agent: string): 'closed' | 'full' | undefined {
    const { congestion } = this.#parts;
    if (congestion.isFull(pool)) return 'full';
    return congestion.isClosed(pool, agent) ? 'closed' : undefined;
  }

  /** @returns whether the send may go on; `false` lets it go */
  async #passCongestion(
    pool: string,
    agent: string,
    subject: string,
    mode: SendMode,
    giveUpAt: number,
  ): Promise<boolean> {
    for (let why = this.#congested(pool, agent); why !== undefined; why = this.#congested(pool, agent)) {
      if (mode === 'drop') return false;
      if (mode === 'reject' || this.#parts.clock.monotonic() >= giveUpAt) {
        throw why === 'full' ? new StoreFullError(pool) : new MailboxFullError(subject, 'closed');
      }
      await this.#parts.congestion.changed();
    }
    return true;
  }
}
