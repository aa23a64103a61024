/** What contexts are made of: one small port for each capability, provided by the node. */
import type { AbortGroup } from '../../core/abort-group.ts';
import type { ActProposal } from '../../core/act-proposal.ts';
import type { ActPlace } from '../../core/act-series.ts';
import type { ActResult, Cause } from '../../core/acting.ts';
import type { AgentRef } from '../../core/agent-ref.ts';
import type { Clock } from '../../core/clock.ts';
import type { EscalationCall } from '../../core/escalation.ts';
import type { Intent, IntentDraft } from '../../core/intent.ts';
import type { Json } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import type { Tracing } from '../../core/tracing.ts';
import type { AskOptions, BroadcastResult, FoundKind, Sent, Speaker } from '../../messaging/speech.ts';
import type { Failures } from '../handling/failures.ts';
import type { UnderWay } from '../under-way.ts';

export interface Messaging {
  tell(speaker: Speaker, to: string | AgentRef, draft: IntentDraft): Promise<Sent>;
  ask(speaker: Speaker, to: string | AgentRef, draft: IntentDraft, options: AskOptions): Promise<Json>;
  reply(from: string, intent: Intent, value: Json): Promise<void>;
  find(accepts: string): Promise<readonly FoundKind[]>;
  broadcast(speaker: Speaker, draft: IntentDraft): Promise<BroadcastResult>;
}

export interface Escalation {
  escalate(call: EscalationCall, intent: Intent | undefined): Promise<void>;
}

export interface Acting {
  act(call: ActCall): Promise<ActResult>;
  keepCause(agent: string, intent: Intent): Promise<Cause>;
}

/** An agent that wants something done. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  /** Frozen: what the agent does to its own objects from now on changes nothing. */
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while its agent's partition is this node's. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}

/** What every context of a node shares. */
export interface ContextPorts {
  readonly messaging: Messaging;
  readonly escalation: Escalation;
  readonly acting: Acting;
  readonly tracing: Tracing;
  readonly failures: Failures;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the node. */
  readonly aborts: AbortGroup;
  /** What has begun and not been disposed of. */
  readonly underWay: UnderWay;
}
