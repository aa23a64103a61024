/** A send that has passed the sender's checks: a faulty intent is refused before anything is sent. */
import { checkDeadline } from '../core/deadline.ts';
import type { MessageHeaders } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { type AgentId, clientKind, parseAgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { checkOutgoing, encodeIntent } from '../core/intent-codec.ts';
import { MissingKeyError } from '../core/intent-errors.ts';
import { checkAgainstSchemas, type IntentSchemas } from '../core/intent-schema.ts';
import { mailboxSubject } from '../core/subjects.ts';
import type { Ticket } from '../core/ticket.ts';
import type { SendMode } from '../mailbox/sending.ts';

export interface SendOptions {
  /** Default `wait`. */
  readonly mode?: SendMode;
  /** How long to wait for the server's answer, milliseconds, at most an hour. */
  readonly deadlineMs?: number;
}

/** An outgoing intent with its destination. */
export interface Outgoing {
  readonly intent: Intent;
  /** The receiver: the intent of a broadcast does not name it. */
  readonly to: string;
  /** Replies bypass every brake but the lane's capacity, because the asker waits for them. */
  readonly lane: 'i' | 'r';
  readonly headers?: MessageHeaders | undefined;
}

/** The location of a mailbox. */
export interface Place {
  readonly pool: string;
  readonly partition: number;
}

/** The kinds that this process knows; those of other apps are unknown. */
export interface KindChecks {
  readonly schemasOf: (kind: string) => IntentSchemas | undefined;
  /** Tells whether agents of the kind have keys. */
  readonly isKeyed: (kind: string) => boolean;
}

const modes: readonly unknown[] = ['reject', 'wait', 'drop'];
export const longestDeadlineMs = 3_600_000;
const clientPrefix = `${clientKind}/`;

export class CheckedIntent {
  readonly intent: Intent;
  readonly to: AgentId;
  readonly receiver: string;
  readonly lane: 'i' | 'r';
  readonly headers: MessageHeaders | undefined;
  readonly payload: Uint8Array;
  readonly mode: SendMode;
  /** Monotonic. */
  readonly giveUpAt: number;
  /** The sender's observer. */
  readonly sent: (intent: Intent, ticket: Ticket) => void;

  /**
   * @param now monotonic
   * @param deadlineMs default for options without one
   * @throws every class of `core/intent-errors.ts`; InvalidIdError, InvalidOptionError
   */
  constructor(
    { intent, to: receiver, lane, headers }: Outgoing,
    options: SendOptions,
    sent: (intent: Intent, ticket: Ticket) => void,
    { schemasOf, isKeyed }: KindChecks,
    deadlineMs: number,
    now: number,
  ) {
    checkOutgoing(intent);
    checkDeadline(intent, 0);
    this.to = parseAgentId(receiver);
    if (this.to.key === undefined && isKeyed(this.to.kind)) throw new MissingKeyError(this.to.kind);
    const schemas = lane === 'r' ? undefined : schemasOf(this.to.kind);
    if (schemas !== undefined) checkAgainstSchemas(this.to.kind, schemas, intent);
    this.intent = intent;
    this.receiver = receiver;
    this.lane = lane;
    this.headers = headers;
    this.mode = checkMode(options.mode);
    this.giveUpAt = now + checkDeadlineMs(options.deadlineMs === undefined ? deadlineMs : options.deadlineMs);
    this.payload = encodeIntent(intent);
    this.sent = sent;
  }

  get from(): string {
    return this.intent.from_agent;
  }

  /** The rank of the sender, which decides how much room it must leave in a nearly full store. */
  get rank(): 'client' | 'agent' {
    return this.from.startsWith(clientPrefix) ? 'client' : 'agent';
  }

  /** The name of its lane in this process. */
  get laneName(): string {
    return `${this.from}>${this.receiver}>${this.lane}`;
  }

  /** @throws InvalidSubjectError */
  subject(mesh: string, { pool, partition }: Place): string {
    return mailboxSubject(mesh, { pool, partition, to: this.to, from: senderOf(this.from), lane: this.lane });
  }
}

let lastSender: AgentId = { kind: clientKind, key: undefined };
let lastSenderId = clientKind;

/** Parses the id of a sender, unless it is that of the last one: a process mostly sends for few. */
function senderOf(id: string): AgentId {
  if (id !== lastSenderId) {
    lastSender = parseAgentId(id);
    lastSenderId = id;
  }
  return lastSender;
}

function checkMode(mode: SendMode = 'wait'): SendMode {
  if (modes.includes(mode)) return mode;
  throw new InvalidOptionError('mode', 'one of reject, wait, drop', mode);
}

/** Checks the deadline: one that is not a number would never pass. */
function checkDeadlineMs(deadlineMs: number): number {
  if (typeof deadlineMs === 'number' && deadlineMs > 0 && deadlineMs <= longestDeadlineMs) return deadlineMs;
  throw new InvalidOptionError(
    'deadlineMs',
    `a number of milliseconds above 0, at most ${longestDeadlineMs}`,
    deadlineMs,
  );
}
