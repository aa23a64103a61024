/** What an agent may do while it handles an intent. */
import type { IntentDraft } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';
import type { Ticket } from '../core/ticket.ts';

export interface AgentContext {
  /**
   * Sends an intent to another agent, as a child of the one being handled. Resolves when the server has stored it.
   * @param to `kind` or `kind/key`
   * @throws every refusal of `core/intent-errors.ts` and `mailbox/mailbox-errors.ts`
   */
  tell(to: string, draft: IntentDraft): Promise<Ticket>;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
  /** Aborted when the node stops: pass it to whatever may take long. */
  readonly signal: AbortSignal;
}

/** A context as the runtime holds it: disposed of when the intent has been handled. */
export interface HandlingContext extends AgentContext, Disposable {}
