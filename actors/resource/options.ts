/** Options of resource agents. */

import type { GrantRules } from '../../runtime/coordination/grant.ts';
import type { ActResult, Cause } from '../../runtime/core/acting.ts';
import type { EpisodicMemory } from '../../runtime/memory/episodic-memory.ts';
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';
import type { TraceStore } from '../../runtime/telemetry/reasoning-trace.ts';
import type { Proposal } from '../protocol/proposal.ts';

export interface ResourceOptions {
  /** Stores the grants. */
  readonly shared: SharedMemory;
  readonly rules: GrantRules;
  /** `false`: every proposal is done at once. */
  readonly grants: boolean;
  readonly traces: TraceStore | undefined;
  readonly episodes: EpisodicMemory | undefined;
  /** Separates this run from grants and episodes of other runs. */
  readonly run: string;
  readonly idleMs: number;
  readonly events: ResourceEvents;
}

/** Callbacks of an observer. Called synchronously; must not throw. */
export interface ResourceEvents {
  granted?(service: string, proposal: Proposal, by: string): void;
  refused?(service: string, proposal: Proposal, by: string, reason: string): void;
  acted?(service: string, proposal: Proposal, by: string, result: ActResult): void;
  closed?(traceId: string, success: boolean): void;
}

/** A proposal as received. */
export interface Pending {
  readonly by: string;
  readonly proposal: Proposal;
  /** The recorded cause: the resource acts for it at the end of the window. */
  readonly cause: Cause;
}
