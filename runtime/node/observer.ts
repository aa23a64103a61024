/** Events of a node for observers: printing, metrics, tests. Each call is synchronous and must not throw. */

import type { Effect } from '../core/acting.ts';
import type { Escalation } from '../core/escalation.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';
import { checkFunction, checkOptions, namesOf } from '../core/options.ts';
import { faultOf } from '../core/stack.ts';
import type { Ticket } from '../core/ticket.ts';
import type { ActOutcome } from '../policy/act-events.ts';

export interface NodeObserver {
  /** The server has stored an intent of one of this node's agents. */
  sent?(intent: Intent, ticket: Ticket): void;
  /** An agent of this node starts handling; `attempt` counts from 1. */
  handling?(agent: string, intent: Intent, attempt: number): void;
  /** An agent of this node has handled it, after so many milliseconds. */
  handled?(agent: string, intent: Intent, ms: number): void;
  /** An attempt failed, after so many milliseconds; the intent is retried or dead-lettered. */
  failed?(agent: string, intent: Intent, ms: number): void;
  /** It will not be retried; it is in the dead-letter stream. */
  dead?(agent: string, intent: Intent | undefined, reason: string): void;
  /** An agent failed; it restarts after so many milliseconds. */
  restarted?(agent: string, afterMs: number): void;
  /** An agent failed too often: its mailbox waits until it is resumed. */
  paused?(agent: string): void;
  /** An agent failed too often over intents of one sender: that lane waits until the agent is resumed. */
  lanePaused?(agent: string, sender: string): void;
  /** An agent threw outside of code that the runtime awaits: it fails. */
  strayError?(agent: string, error: unknown): void;
  /** A message that belongs to no mailbox was neither handled nor answered. */
  messageDropped?(reason: 'foreign_reply_subject'): void;
  /** An escalation was raised. */
  escalated?(escalation: Escalation): void;
  /** Policy decided about an act of an agent, or decided again after an approval. */
  actDecided?(agent: string, effect: Effect): void;
  /** An act ended; `failed`: its actuator threw, or it could not be recorded. */
  actEnded?(agent: string, action: string, outcome: ActOutcome): void;
  /** The connection to the store was lost or restored. */
  connection?(status: 'connected' | 'disconnected'): void;
}

const hookNames = namesOf<NodeObserver>({
  sent: true,
  handling: true,
  handled: true,
  failed: true,
  dead: true,
  restarted: true,
  paused: true,
  lanePaused: true,
  strayError: true,
  messageDropped: true,
  escalated: true,
  actDecided: true,
  actEnded: true,
  connection: true,
});

/** The events that an observer may handle. */
export type NodeEvents = Required<NodeObserver>;

/** Passes events to several observers. If one throws although it must not, the error is reported and the work continues. */
export class Observers {
  readonly #log: Logger;
  readonly #watchers: NodeObserver[] = [];
  readonly events: NodeEvents;

  constructor(log: Logger) {
    this.#log = log;
    const watchers = this.#watchers;
    // written out, because these are called for every intent, mostly without an observer
    this.events = {
      sent: (intent, ticket) => {
        if (watchers.length > 0) this.#tell('sent', (watcher) => watcher.sent?.(intent, ticket));
      },
      handling: (agent, intent, attempt) => {
        if (watchers.length > 0) this.#tell('handling', (watcher) => watcher.handling?.(agent, intent, attempt));
      },
      handled: (agent, intent, ms) => {
        if (watchers.length > 0) this.#tell('handled', (watcher) => watcher.handled?.(agent, intent, ms));
      },
      failed: (...event) => this.#tell('failed', (watcher) => watcher.failed?.(...event)),
      dead: (...event) => this.#tell('dead', (watcher) => watcher.dead?.(...event)),
      restarted: (...event) => this.#tell('restarted', (watcher) => watcher.restarted?.(...event)),
      paused: (...event) => this.#tell('paused', (watcher) => watcher.paused?.(...event)),
      lanePaused: (...event) => this.#tell('lanePaused', (watcher) => watcher.lanePaused?.(...event)),
      strayError: (...event) => this.#tell('strayError', (watcher) => watcher.strayError?.(...event)),
      messageDropped: (...event) => this.#tell('messageDropped', (watcher) => watcher.messageDropped?.(...event)),
      escalated: (...event) => this.#tell('escalated', (watcher) => watcher.escalated?.(...event)),
      connection: (...event) => this.#tell('connection', (watcher) => watcher.connection?.(...event)),
      actDecided: (...given) => this.#tell('actDecided', (watcher) => watcher.actDecided?.(...given)),
      actEnded: (...given) => this.#tell('actEnded', (watcher) => watcher.actEnded?.(...given)),
    };
  }

  /** Returns the way to stop. @throws InvalidOptionError */
  add(watcher: NodeObserver): () => void {
    checkOptions('observer', watcher, hookNames);
    for (const hook of hookNames) checkFunction(`observer.${hook}`, watcher[hook as keyof NodeObserver]);
    this.#watchers.push(watcher);
    return () => {
      const at = this.#watchers.indexOf(watcher);
      if (at !== -1) this.#watchers.splice(at, 1);
    };
  }

  #tell(event: string, tell: (watcher: NodeObserver) => void): void {
    for (const watcher of this.#watchers) {
      try {
        tell(watcher);
      } catch (error) {
        this.#log.error({ event, ...faultOf(error) }, 'an observer threw');
      }
    }
  }
}
