/** Agents for tests. */
import type { HandlingContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import type { Intent } from '../../runtime/core/intent.ts';

/** Makes an agent that handles all intents of these types with one function. */
export const listener = (
  kind: string,
  types: readonly string[],
  receive: (intent: Intent, ctx: HandlingContext) => Promise<void> | void,
): Agent =>
  defineAgent({
    kind,
    delivery: 'at_least_once',
    intents: Object.fromEntries(types.map((type) => [type, {}])),
    receive: (intent, ctx) => receive(intent, ctx as HandlingContext),
  });
