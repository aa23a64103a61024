/** A context that keeps what an agent tells, as a node would send it. */
import { Activation } from '../../../runtime/actor/activation.ts';
import type { AgentRef } from '../../../runtime/actor/agent.ts';
import { type ContextPorts, IntentContext } from '../../../runtime/actor/agent-context.ts';
import type { AgentContext } from '../../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../../runtime/actor/define-agent.ts';
import { Failures } from '../../../runtime/actor/failures.ts';
import { makeIntent } from '../../../runtime/actor/make-intent.ts';
import { AbortGroup } from '../../../runtime/core/abort-group.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { checkIntent } from '../../../runtime/core/intent-codec.ts';
import { checkAgainstSchemas, type IntentSchemas } from '../../../runtime/core/intent-schema.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { noTracing } from '../../../runtime/core/tracing.ts';

const idOf = (to: string | AgentRef): string => (typeof to === 'string' ? to : to.id);

/** What a node's contexts share, without a node: only `tell` does something. */
export const portsWith = (tell: ContextPorts['tell'], clock: ContextPorts['clock']): ContextPorts => ({
  tell,
  ask: () => Promise.reject(new Error('nobody is there to be asked')),
  reply: async () => undefined,
  find: async () => [],
  broadcast: async () => ({ tickets: [], refused: [] }),
  escalate: async () => undefined,
  failures: new Failures(),
  tracing: noTracing,
  clock,
  log: silentLogger,
  aborts: new AbortGroup(),
});

/** For an agent that handles `intent`, or speaks by itself. */
export function recordingContext(
  self: string,
  intent?: Intent,
): { readonly ctx: AgentContext; readonly sent: readonly Intent[] } {
  const sent: Intent[] = [];
  const clock = new ManualClock();
  const ports = portsWith(async (from, parent, to, draft) => {
    const seq = sent.length + 1;
    const newId = (): string => `${from}-${seq}`;
    const made = makeIntent(draft, { from, to: idOf(to), parent, now: clock.now(), newId });
    sent.push(made);
    return { intent_id: made.intent_id, to: idOf(to), stream: 'test', seq };
  }, clock);
  const agent = defineAgent({ kind: self, delivery: 'at_least_once', intents: {}, receive: () => undefined });
  const life = new Activation(self, agent.compiled, 0);
  return { ctx: new IntentContext(ports, life, intent as Intent, 1), sent };
}

/** Throws what a node would refuse the intent for. */
export function checkFor(
  receiver: Agent | { readonly kind: string; readonly intents: IntentSchemas },
  intent: Intent,
): void {
  checkIntent(intent);
  checkAgainstSchemas(receiver.kind, receiver.intents, intent);
}
