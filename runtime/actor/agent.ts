/** What a user writes: an agent's kind, the intents it accepts, and what it does with one. */
import type { Intent } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { AgentContext } from './context.ts';

export interface AgentDefinition {
  readonly kind: string;
  /** The intent types that it accepts, each with its schema; others are refused at the sender. */
  readonly intents: IntentSchemas;
  /** Called for one intent at a time per agent; settles when the intent is done. A rejection is tried again. */
  receive(intent: Intent, ctx: AgentContext): Promise<void> | void;
}
