/** What a node tells whoever watches it: printing, metrics, tests. Each call is synchronous and must not throw. */
import type { Escalation } from '../actor/escalation.ts';
import { reasonOf } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';
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
  /** An agent failed; it lives again after so many milliseconds. */
  restarted?(agent: string, afterMs: number): void;
  /** An agent failed too often: its mailbox waits until it is resumed. */
  paused?(agent: string): void;
  /** A human is needed. */
  escalated?(escalation: Escalation): void;
  /** The connection to the store went away or came back. */
  connection?(status: 'connected' | 'disconnected'): void;
}

/** The same, for a watcher that throws although it must not: that is reported, and what it was told of goes on. */
export function guardObserver(observer: NodeObserver, log: Logger): Required<NodeObserver> {
  const guarded =
    <A extends readonly unknown[]>(event: string, tell: (...told: A) => void) =>
    (...told: A): void => {
      try {
        tell(...told);
      } catch (error) {
        log.error({ event, reason: reasonOf(error) }, 'an observer threw');
      }
    };
  return {
    sent: guarded('sent', (intent, ticket) => observer.sent?.(intent, ticket)),
    handling: guarded('handling', (intent, attempt) => observer.handling?.(intent, attempt)),
    handled: guarded('handled', (intent) => observer.handled?.(intent)),
    dead: guarded('dead', (intent, reason) => observer.dead?.(intent, reason)),
    restarted: guarded('restarted', (agent, afterMs) => observer.restarted?.(agent, afterMs)),
    paused: guarded('paused', (agent) => observer.paused?.(agent)),
    escalated: guarded('escalated', (escalation) => observer.escalated?.(escalation)),
    connection: guarded('connection', (status) => observer.connection?.(status)),
  };
}
