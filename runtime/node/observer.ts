/** What a node tells whoever watches it: printing, metrics, tests. Each call is synchronous and must not throw. */
import type { Intent } from '../core/intent.ts';
import type { Ticket } from '../core/ticket.ts';

export interface NodeObserver {
  /** The server has stored an intent of one of this node's agents. */
  sent?(intent: Intent, ticket: Ticket): void;
  /** An agent of this node starts handling; `attempt` counts from 1. */
  handling?(intent: Intent, attempt: number): void;
  /** An agent of this node is done with it. */
  handled?(intent: Intent): void;
  /** It will not be tried again; it is in the dead-letter stream. */
  dead?(intent: Intent | undefined, reason: string): void;
  /** The connection to the store went away or came back. */
  connection?(status: 'connected' | 'disconnected'): void;
}
