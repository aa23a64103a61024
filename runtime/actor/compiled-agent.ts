/** A checked definition with every default filled in, as the runtime uses it. */
import type { Intent } from '../core/intent.ts';
import type { IntentSchemas, RetryRule } from '../core/intent-schema.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { SupervisionOptions } from './agent-options.ts';
import type { ActivationContext, HandlingContext } from './context.ts';

export type Receive = (intent: Intent, ctx: HandlingContext) => unknown;

/** Code that an agent runs without an intent: hooks, timers. */
export type SelfAct = (ctx: ActivationContext) => unknown;

export interface CompiledAgent {
  readonly kind: string;
  readonly intents: IntentSchemas;
  readonly receive: Receive;
  /** By intent type, for types with a retry rule. */
  readonly retry: ReadonlyMap<string, Partial<RetryRule>>;
  readonly state: ((id: string) => unknown) | undefined;
  readonly activated: SelfAct | undefined;
  readonly passivated: SelfAct | undefined;
  readonly timers: ReadonlyMap<string, SelfAct>;
  readonly intake: BucketRule | undefined;
  readonly idleMs: number;
  readonly supervision: SupervisionOptions;
  readonly keyed: boolean;
  /** Ids of these agents. */
  readonly reachedByBroadcast: readonly string[];
  /** No memory survives between two intents. */
  readonly stateless: boolean;
}
