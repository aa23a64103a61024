/** What resource agents work with. */

import type { GrantRules } from '../../runtime/coordination/grant.ts';
import type { ActResult, Cause } from '../../runtime/core/acting.ts';
import type { EpisodicMemory } from '../../runtime/memory/episodic-memory.ts';
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';
import type { TraceStore } from '../../runtime/telemetry/reasoning-trace.ts';
import type { Proposal } from '../protocol/proposal.ts';

export interface ResourceOptions {
  /** Where grants live. */
  readonly shared: SharedMemory;
  readonly rules: GrantRules;
  /** `false`: whatever is proposed is done at once. */
  readonly grants: boolean;
  readonly traces: TraceStore | undefined;
  readonly episodes: EpisodicMemory | undefined;
  /** Grants and episodes of other runs are not this one's. */
  readonly run: string;
  readonly idleMs: number;
  readonly events: ResourceEvents;
}

/** For whoever watches. Told synchronously; must not throw. */
export interface ResourceEvents {
  granted?(service: string, proposal: Proposal, by: string): void;
  refused?(service: string, proposal: Proposal, by: string, reason: string): void;
  acted?(service: string, proposal: Proposal, by: string, result: ActResult): void;
  closed?(traceId: string, success: boolean): void;
}

/** A proposal as it came. */
export interface Pending {
  readonly by: string;
  readonly proposal: Proposal;
  /** Recorded: it is acted for when the window is over. */
  readonly cause: Cause;
}
