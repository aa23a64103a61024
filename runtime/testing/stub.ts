/** An agent in place of one that is not under test. */

import { type Agent, defineAgent } from '../actor/define-agent.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { Intent } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';

export interface Stub<I extends IntentSchemas> extends AgentRef<I> {
  /** For `testMesh`. */
  readonly agent: Agent<I>;
  /** What it got, in order. */
  readonly got: readonly Intent[];
}

/**
 * Takes the kind's intents, checked against their schemas, and keeps them.
 * @param answer what it replies when it is asked; without it, it replies nothing
 */
export function stub<const I extends IntentSchemas>(
  kind: string,
  intents: I,
  answer?: (intent: Intent) => Json | Promise<Json>,
): Stub<I> {
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
