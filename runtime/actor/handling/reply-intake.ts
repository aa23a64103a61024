/**
 * Accepts replies to questions of this node's agents. Replies do not wait for the agent's turn, because the agent waits for
 * them.
 */
import { reasonOf } from '../../core/errors.ts';
import type { Intent } from '../../core/intent.ts';
import type { Logger } from '../../core/logger.ts';
import { decodeReply } from './decode-and-check.ts';

export class ReplyIntake {
  readonly #answer: (reply: Intent) => boolean;
  readonly #log: Logger;

  /** @param answer passes the reply to its pending question, if there is one */
  constructor(answer: (reply: Intent) => boolean, log: Logger) {
    this.#answer = answer;
    this.#log = log;
  }

  take(subject: string, payload: Uint8Array): void {
    try {
      const reply = decodeReply(subject, payload);
      if (reply === undefined || this.#answer(reply)) return;
      this.#log.debug({ subject, intent: reply.in_reply_to }, 'ignored a reply: no question waits for it');
    } catch (error) {
      this.#log.warn({ subject, reason: reasonOf(error) }, 'ignored a malformed reply');
    }
  }
}
