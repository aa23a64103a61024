/** A context that keeps what an agent tells, as a node would send it. */
import type { AgentDefinition } from '../../../runtime/actor/agent.ts';
import type { AgentContext } from '../../../runtime/actor/context.ts';
import { makeIntent } from '../../../runtime/actor/make-intent.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { checkIntent } from '../../../runtime/core/intent-codec.ts';
import { checkAgainstSchemas } from '../../../runtime/core/intent-schema.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';

const startedAt = 1_700_000_000_000;

export class RecordingContext implements AgentContext {
  readonly sent: Intent[] = [];
  readonly log: typeof silentLogger = silentLogger;
  readonly signal: AbortSignal = new AbortController().signal;
  readonly #from: string;
  readonly #parent: Intent | undefined;

  constructor(from: string, parent?: Intent) {
    this.#from = from;
    this.#parent = parent;
  }

  now(): number {
    return startedAt;
  }

  tell(...[to, draft]: Parameters<AgentContext['tell']>): ReturnType<AgentContext['tell']> {
    const seq = this.sent.length + 1;
    const newId = (): string => `${this.#from}-${seq}`;
    const intent = makeIntent(draft, { from: this.#from, to, parent: this.#parent, now: startedAt, newId });
    this.sent.push(intent);
    return Promise.resolve({ intent_id: intent.intent_id, to, stream: 'test', seq });
  }
}

/** Throws what a node would refuse the intent for. */
export function checkFor(receiver: AgentDefinition, intent: Intent): void {
  checkIntent(intent);
  checkAgainstSchemas(receiver.kind, receiver.intents, intent);
}
