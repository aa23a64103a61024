/** A reference to an agent: its address with the intents that it accepts. */
import { agentId, checkKind } from './ids.ts';
import { checkIntents } from './intent-declaration.ts';
import type { IntentSchemas } from './intent-schema.ts';

/** An address for intents, with the types of the intents that it accepts. */
export interface AgentRef<I extends IntentSchemas = IntentSchemas> {
  /** `kind` or `kind/key`. */
  readonly id: string;
  readonly intents: I;
}

/** All agents of a kind: the one without a key, or those with keys. */
export interface KindRef<I extends IntentSchemas = IntentSchemas> extends AgentRef<I> {
  readonly kind: string;
  /** The agent for any text, such as an ARN or an e-mail address. @throws InvalidIdError */
  at(text: string): AgentRef<I>;
}

/**
 * A reference to agents that are defined elsewhere: in another file, another app.
 * @throws InvalidIdError, InvalidOptionError
 */
export function agentRef<const I extends IntentSchemas>(kind: string, intents: I): KindRef<I> {
  checkIntents(`${checkKind(kind)}.intents`, intents);
  return Object.freeze({
    kind,
    id: kind,
    intents,
    at: (text: string): AgentRef<I> => Object.freeze({ id: agentId(kind, text), intents }),
  });
}
