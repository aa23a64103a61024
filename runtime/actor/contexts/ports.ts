/** The ports that contexts are built from: one small port per capability, provided by the node. */
import type { AbortGroup } from '../../core/abort-group.ts';
import type { ActCall } from '../../core/act-call.ts';
import type { ActResult, Cause } from '../../core/acting.ts';
import type { AgentRef } from '../../core/agent-ref.ts';
import type { Clock } from '../../core/clock.ts';
import type { EscalationCall } from '../../core/escalation.ts';
import type { Intent, IntentDraft } from '../../core/intent.ts';
import type { Json } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import type { Tracing } from '../../core/tracing.ts';
import type { EpisodicMemory } from '../../memory/episodic-memory.ts';
import type { SemanticMemory } from '../../memory/semantic-memory.ts';
import type { SharedMemory } from '../../memory/shared-memory.ts';
import type { AskOptions, BroadcastResult, FoundKind, Sent, Speaker } from '../../messaging/speech.ts';
import type { KeepOptions } from '../context.ts';
import type { Failures } from '../handling/failures.ts';
import type { UnderWay } from '../under-way.ts';

/** Implemented by `runtime/messaging/messenger.ts`. */
export interface Messaging {
  tell(speaker: Speaker, to: string | AgentRef, draft: IntentDraft): Promise<Sent>;
  ask(speaker: Speaker, to: string | AgentRef, draft: IntentDraft, options: AskOptions): Promise<Json>;
  reply(from: string, intent: Intent, value: Json): Promise<void>;
  find(accepts: string): Promise<readonly FoundKind[]>;
  broadcast(speaker: Speaker, draft: IntentDraft): Promise<BroadcastResult>;
}

/** Implemented by `runtime/node/escalations.ts`. */
export interface Escalation {
  escalate(call: EscalationCall, intent: Intent | undefined): Promise<void>;
}

/** Implemented by `runtime/policy/act.ts`. */
export interface Acting {
  act(call: ActCall): Promise<ActResult>;
  keepCause(agent: string, intent: Intent): Promise<Cause>;
}

/** Short-term memory by scope; `runtime/memory/working-memory.ts`. */
export interface WorkingStore {
  get(scope: string, key: string): Promise<Json | undefined>;
  set(scope: string, key: string, value: Json, options?: KeepOptions): Promise<void>;
  entries(scope: string): Promise<Readonly<Record<string, Json>>>;
  delete(scope: string, key: string): Promise<void>;
}

/** What the agents of an app remember with; each may be absent. */
export interface AppMemory {
  /** Behind `ctx.working`; in the mesh's own store where the app has none. */
  readonly working?: WorkingStore;
  /** In the mesh's own store where the app has none. */
  readonly shared?: SharedMemory;
  readonly episodic?: EpisodicMemory;
  readonly semantic?: SemanticMemory;
}

/** The ports that all contexts of a node share. */
export interface ContextPorts {
  readonly messaging: Messaging;
  readonly escalation: Escalation;
  readonly acting: Acting;
  readonly memory: AppMemory;
  /** `ctx.services`. */
  readonly services: object;
  readonly tracing: Tracing;
  readonly failures: Failures;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted with the node. */
  readonly aborts: AbortGroup;
  /** Work that has begun and is not yet disposed of. */
  readonly underWay: UnderWay;
}
