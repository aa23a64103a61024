/** A definition that has been checked, with every default filled in: what the runtime works with. */
import type { Intent } from '../core/intent.ts';
import type { IntentSchemas, RetryRule } from '../core/intent-schema.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { SupervisionOptions } from './agent-options.ts';
import type { ActivationContext, HandlingContext } from './context.ts';

export type Receive = (intent: Intent, ctx: HandlingContext) => unknown;

/** What an agent does by itself: hooks, timers. */
export type SelfAct = (ctx: ActivationContext) => unknown;

export interface CompiledAgent {
  readonly kind: string;
  readonly intents: IntentSchemas;
  readonly receive: Receive;
  /** By intent type, where one says something. */
  readonly retry: ReadonlyMap<string, Partial<RetryRule>>;
  readonly state: ((id: string) => unknown) | undefined;
  readonly activated: SelfAct | undefined;
  readonly passivated: SelfAct | undefined;
  readonly timers: ReadonlyMap<string, SelfAct>;
  readonly intake: BucketRule | undefined;
  readonly idleMs: number;
  readonly supervision: SupervisionOptions;
  readonly keyed: boolean;
  /** Ids. */
  readonly reachedByBroadcast: readonly string[];
  /** Nothing of it lives between two intents. */
  readonly stateless: boolean;
}
