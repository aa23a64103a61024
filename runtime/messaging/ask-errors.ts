/** Errors of an ask that ends without a reply. */
import { ParleyError } from '../core/errors.ts';
import type { ReplyFault } from './reply.ts';

/** No reply arrived in time. The intent may have been handled. */
export class AskTimeoutError extends ParleyError {
  /** @param obstacle why the store cannot be reached now */
  constructor(agent: string, type: string, timeoutMs: number, obstacle?: string) {
    super(
      'PARLEY_ASK_TIMEOUT',
      `agent "${agent}" did not answer "${type}" within ${timeoutMs} ms; ${obstacle ?? 'it may be busy, down, or have handled it too late'}`,
      { retryable: true },
    );
  }
}

/** The asked agent gave the intent up, or ended without a reply. Retryable when the cause of its failure is temporary. */
export class AskFailedError extends ParleyError {
  readonly agent: string;
  /** The error code on the other side, or `failed`. */
  readonly remoteCode: string;

  constructor(agent: string, type: string, { code, message, retryable = false }: ReplyFault) {
    super('PARLEY_ASK_FAILED', `agent "${agent}" could not answer "${type}" (${code}): ${message}`, { retryable });
    this.agent = agent;
    this.remoteCode = code;
  }
}

/** The asked agent waits, directly or through others, for the asker: a deadlock. */
export class CircularWaitError extends ParleyError {
  readonly path: readonly string[];

  constructor(path: readonly string[], to: string) {
    const circle = [...path.slice(path.indexOf(to)), to].join(' -> ');
    super(
      'PARLEY_CIRCULAR_WAIT',
      `asking "${to}" would wait for ever: ${circle}; tell it instead, or ask an agent that does not wait for you`,
    );
    this.path = path;
  }
}

/** A handler sends a second reply to the same intent. */
export class AlreadyRepliedError extends ParleyError {
  constructor(agent: string, intentId: string) {
    super('PARLEY_ALREADY_REPLIED', `agent "${agent}" has already replied to intent "${intentId}": reply once`);
  }
}

/** The node's limit of pending questions is reached. Not sent. */
export class TooManyAsksError extends ParleyError {
  constructor(most: number) {
    super(
      'PARLEY_TOO_MANY_ASKS',
      `${most} questions of this node wait for a reply: await them, ask less at a time, or raise "limits.pendingAsks"`,
      { retryable: true },
    );
  }
}
