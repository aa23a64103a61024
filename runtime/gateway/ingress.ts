/** The entrance to a mesh for any protocol: checks sender, bucket and document, then sends the intent for a ticket. */
import { checkClient } from '../core/client-name.ts';
import { type Clock, fromIso } from '../core/clock.ts';
import { checkDeadline, localDeadline } from '../core/deadline.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { IntentDraft } from '../core/intent.ts';
import {
  InvalidIntentError,
  MissingReceiverError,
  ReceiverMismatchError,
  SenderMismatchError,
} from '../core/intent-errors.ts';
import { isObject } from '../core/json.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Node } from '../node/node.ts';
import type { Accepted } from './accepted.ts';
import { IngressLimitedError } from './gateway-errors.ts';
import type { Idempotency } from './idempotency.ts';
import type { IngressBucket } from './ingress-bucket.ts';
import type { Tickets } from './ticket-id.ts';

/** The request of an external client to send an intent. */
export interface IngressRequest {
  /** The document, parsed. */
  readonly document: unknown;
  /** The sender, where the protocol names it; the document must name the same, or none. */
  readonly from?: string;
  readonly to?: string;
  readonly idempotencyKey?: string;
}

export interface IngressParts {
  readonly node: Pick<Node, 'tell' | 'mailboxOf'>;
  readonly tickets: Tickets;
  readonly bucket: IngressBucket;
  readonly idempotency: Idempotency;
  readonly newId: () => string;
  readonly clock: Pick<Clock, 'now'>;
  /** The sender when neither protocol nor document names one. */
  readonly anonymous: string;
}

/** The fields of a draft: the runtime fills in the rest of an intent. */
const drafted = [
  'intent_id',
  'intent_type',
  'context',
  'constraints',
  'success_criteria',
  'deadline',
  'budget',
] as const;
/** Fields that a client may write as part of a whole intent; the mesh sets its own. A deadline is counted from `timestamp`. */
const ignored: ReadonlySet<string> = new Set(['timestamp', 'parent_intent_id', 'v', 'from_agent', 'to_agent']);
const keyRule = /^[\x21-\x7e]{1,200}$/;

export class Ingress {
  readonly #parts: IngressParts;

  constructor(parts: IngressParts) {
    this.#parts = parts;
  }

  /** @throws every refusal of an intent or a send; IngressLimitedError, ForeignSenderError, IdempotencyConflictError */
  async accept(request: IngressRequest): Promise<{ readonly accepted: Accepted; readonly replayed: boolean }> {
    const { document, idempotencyKey } = request;
    if (!isObject(document)) throw new InvalidIntentError('', 'a JSON object', document);
    const from = this.#sender(request, document);
    const to = receiver(request, document);
    const draft = draftOf(document);
    const timed = timedDraft(draft, document.timestamp, this.#parts.clock.now());
    if (idempotencyKey === undefined) return { accepted: await this.#send(from, to, timed), replayed: false };
    if (!keyRule.test(idempotencyKey)) {
      throw new InvalidOptionError('Idempotency-Key', '1 to 200 visible ASCII characters', idempotencyKey);
    }
    const { idempotency, newId } = this.#parts;
    // uses the deadline as given: by the clock of the gateway it would differ at each repetition
    const text = JSON.stringify([to, draft]);
    const chosen = draft.intent_id;
    const named = chosen === undefined ? newId : () => chosen;
    return idempotency.once({
      client: from,
      key: idempotencyKey,
      text,
      newId: named,
      send: (intent_id, deadlineMs) => this.#send(from, to, { ...timed, intent_id }, deadlineMs),
    });
  }

  #sender({ from: said }: IngressRequest, { from_agent }: Readonly<Record<string, unknown>>): string {
    const from = said ?? (from_agent === undefined ? this.#parts.anonymous : String(from_agent));
    if (from_agent !== undefined && from_agent !== from) throw new SenderMismatchError(from, String(from_agent));
    checkClient(from);
    return from;
  }

  async #send(from: string, to: string, draft: IntentDraft, deadlineMs?: number): Promise<Accepted> {
    const { node, bucket, tickets } = this.#parts;
    const waitMs = await bucket.take(from);
    if (waitMs > 0) throw new IngressLimitedError(from, waitMs);
    const sign = await tickets.signer();
    const waiting = deadlineMs === undefined ? {} : { deadlineMs };
    const ticket = (await node.tell(to, draft, { ...waiting, from, mode: 'reject' })) as Ticket;
    const { pool, partition } = await node.mailboxOf(to);
    const { intent_id, stream, seq } = ticket;
    return { ticket: sign({ pool, partition, seq, intentId: intent_id }), intent_id, to, stream, seq };
  }
}

function receiver({ to: said }: IngressRequest, { to_agent }: Readonly<Record<string, unknown>>): string {
  const to = said ?? to_agent;
  if (to === undefined || to === null) throw new MissingReceiverError();
  if (to_agent !== undefined && to_agent !== null && to_agent !== to) {
    throw new ReceiverMismatchError(String(to), String(to_agent));
  }
  return String(to);
}

/** Builds a draft; the node reports its other faults. */
function draftOf(document: Readonly<Record<string, unknown>>): IntentDraft {
  for (const name of Object.keys(document)) {
    const known = (drafted as readonly string[]).includes(name) || ignored.has(name);
    if (!known) throw new InvalidIntentError(name, 'absent: other data goes into "context"', document[name]);
  }
  const draft = Object.fromEntries(drafted.flatMap((name) => (name in document ? [[name, document[name]]] : [])));
  return draft as unknown as IntentDraft;
}

/**
 * Converts the deadline to the clock of the gateway. The timestamp of a client shows the client's clock; without one, the clocks
 * are assumed to agree.
 */
function timedDraft(draft: IntentDraft, timestamp: unknown, now: number): IntentDraft {
  const { deadline } = draft;
  // the node reports an invalid deadline
  if (timestamp === undefined || typeof deadline !== 'string' || fromIso(deadline) === undefined) return draft;
  if (typeof timestamp !== 'string' || fromIso(timestamp) === undefined) {
    throw new InvalidIntentError(
      'timestamp',
      'an ISO 8601 date and time, because "deadline" is counted from it',
      timestamp,
    );
  }
  checkDeadline({ timestamp, deadline }, 0);
  return { ...draft, deadline: localDeadline({ timestamp, deadline }, 0, now) ?? deadline };
}
