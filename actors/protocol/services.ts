/** The services that the agents of the DevOps mesh need of their app. */
import type { ActResult } from '../../runtime/core/acting.ts';
import type { Reasoner } from '../../runtime/reasoning/reasoner.ts';
import type { TraceStore } from '../../runtime/telemetry/reasoning-trace.ts';
import type { Constraints } from './constraints.ts';
import type { Proposal } from './proposal.ts';

export interface MeshServices {
  /** The bounds of what may be done to a service. */
  readonly constraints: (service: string) => Constraints;
  /** Weighs the answers to an anomaly. */
  readonly reasoner: Reasoner;
  /** Without it outcomes are not compared with what was expected. */
  readonly traces: TraceStore | undefined;
  /** Separates this run from grants, cases and episodes of other runs in the same stores. */
  readonly run: string;
  readonly events: ResourceEvents;
}

/** Callbacks of an observer. Called synchronously; must not throw. */
export interface ResourceEvents {
  granted?(service: string, proposal: Proposal, by: string): void;
  refused?(service: string, proposal: Proposal, by: string, reason: string): void;
  acted?(service: string, proposal: Proposal, by: string, result: ActResult): void;
  closed?(traceId: string, success: boolean): void;
}
