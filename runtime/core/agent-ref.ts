/** An agent as others know it: its address, and the intents that it accepts. */
import { agentId, checkKind } from './ids.ts';
import type { IntentSchemas } from './intent-schema.ts';

/** Where an intent may be sent, with the types of what may be sent there. */
export interface AgentRef<I extends IntentSchemas = IntentSchemas> {
  /** `kind` or `kind/key`. */
  readonly id: string;
  readonly intents: I;
}

/** The agents of a kind: the one without a key, and those with. */
export interface KindRef<I extends IntentSchemas = IntentSchemas> extends AgentRef<I> {
  readonly kind: string;
  /** The one for any text: an ARN, an e-mail address. @throws InvalidIdError */
  at(text: string): AgentRef<I>;
}

/**
 * A reference to agents that are defined elsewhere: in another file, another app.
 * @throws InvalidIdError
 */
export function agentRef<const I extends IntentSchemas>(kind: string, intents: I): KindRef<I> {
  checkKind(kind);
  return Object.freeze({
    kind,
    id: kind,
    intents,
    at: (text: string): AgentRef<I> => Object.freeze({ id: agentId(kind, text), intents }),
  });
}
