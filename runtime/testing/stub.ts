/** A stub in place of an agent that is not under test. */

import { type Agent, defineAgent } from '../actor/define-agent.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { Intent } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';
import { checkFunction } from '../core/options.ts';

export interface Stub<I extends IntentSchemas> extends AgentRef<I> {
  /** For `testMesh`. */
  readonly agent: Agent<I>;
  /** The received intents, in order. */
  readonly got: readonly Intent[];
}

/**
 * Accepts the intents of the kind, checks them against their schemas, records them.
 * @param answer makes the reply to an ask; without it, the stub does not reply
 */
export function stub<const I extends IntentSchemas>(
  kind: string,
  intents: I,
  answer?: (intent: Intent) => Json | Promise<Json>,
): Stub<I> {
  checkFunction('stub.answer', answer);
  const got: Intent[] = [];
  const agent = defineAgent<IntentSchemas>({
    kind,
    delivery: 'at_least_once',
    intents,
    async receive(intent, ctx) {
      got.push(intent);
      if (answer !== undefined) await ctx.reply(await answer(intent));
    },
  }) as Agent<I>;
  return { id: kind, intents, agent, got };
}
