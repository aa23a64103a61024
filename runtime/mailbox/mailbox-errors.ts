/** Errors of a send that ends without a ticket. */
import { ParleyError } from '../core/errors.ts';

/** The lane from this sender to this receiver is at its capacity, or its owner announced the mailbox closed. Not stored. */
export class MailboxFullError extends ParleyError {
  readonly subject: string;

  constructor(subject: string, why: 'lane' | 'closed') {
    const what = why === 'lane' ? 'is at its capacity' : 'is closed by its owner: too much waits in that mailbox';
    super('PARLEY_MAILBOX_FULL', `lane "${subject}" ${what}; send again later, or send with mode "wait"`, {
      retryable: true,
    });
    this.subject = subject;
  }
}

/** The pool's stream is nearly full: intents are refused before replies and control are. Not stored. */
export class StoreFullError extends ParleyError {
  constructor(pool: string) {
    super(
      'PARLEY_STORE_FULL',
      `the store of pool "${pool}" is full; let its agents catch up, or raise its "maxBytes"`,
      { retryable: true },
    );
  }
}

/** The sending agent has used up its egress bucket. Not stored. */
export class EgressLimitedError extends ParleyError {
  readonly retryAfterMs: number;

  constructor(agent: string, retryAfterMs: number) {
    super(
      'PARLEY_EGRESS_LIMITED',
      `agent "${agent}" sends faster than its egress bucket allows; next token in ${retryAfterMs} ms`,
      { retryable: true },
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** The process already has as many sends in progress as its configuration allows. Not stored. */
export class SenderOverloadedError extends ParleyError {
  constructor(limit: string, value: number) {
    super(
      'PARLEY_SENDER_OVERLOADED',
      `${value} sends are waiting already, the limit "${limit}"; await the earlier ones before sending more`,
      { retryable: true },
    );
  }
}

/** The store could not be reached until the deadline. Not stored. */
export class SendTimeoutError extends ParleyError {
  constructor(subject: string, reason: string) {
    super('PARLEY_SEND_TIMEOUT', `intent to "${subject}" was not taken before its send deadline: ${reason}`, {
      retryable: true,
    });
  }
}

/**
 * The store did not answer before the deadline: stored, or not. The lane stays closed until that is known. The server stores an
 * id once within the window; ids of intents that were acknowledged meanwhile do not survive a restart of the server.
 */
export class SendOutcomeUnknownError extends ParleyError {
  /** Resend with this id. */
  readonly intentId: string;

  constructor(subject: string, intentId: string, reason: string) {
    super(
      'PARLEY_SEND_OUTCOME_UNKNOWN',
      `intent "${intentId}" to "${subject}" may or may not have been stored: ${reason}\n` +
        'a new intent in its place could be handled twice\n' +
        `send it again with the same intent_id, "${intentId}": it is stored once`,
      { retryable: true },
    );
    this.intentId = intentId;
  }
}

/** The store refuses this message permanently. Not stored. */
export class SendRejectedError extends ParleyError {
  constructor(subject: string, code: number, reason: string) {
    super('PARLEY_SEND_REJECTED', `the store refuses the intent to "${subject}" (${code}): ${reason}`);
  }
}

/** The process is shutting down. Not stored. */
export class NodeStoppingError extends ParleyError {
  constructor() {
    super('PARLEY_NODE_STOPPING', 'the node is stopping and takes no more sends', { retryable: true });
  }
}
