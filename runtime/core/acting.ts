/** An act of an agent upon the outside world: proposal, reasons, policy decision, result. */
import type { Json, JsonObject } from './json.ts';

/**
 * The act that an agent proposes. The runtime copies and freezes it at the proposal, so later changes have no effect. Two acts
 * with the same name and resource, proposed by one handler, are two acts.
 */
export interface ProposedAction {
  /** Name of the actuator that executes the act: `scale`. */
  readonly name: string;
  /** The resource that the act changes. */
  readonly resource: string;
  /** Arguments for the actuator; an approval holds for exactly these. */
  readonly arguments: JsonObject;
  /** Additional facts for policy rules: cost, justification. `policies/README.md` lists what rules read. */
  readonly facts: JsonObject;
  /**
   * The intent that causes the act, when it is not the one being handled: one that `ctx.keepCause` has recorded for this agent.
   */
  readonly cause?: Cause;
}

/** The intent that causes an act, reduced to the fields that acting needs. */
export interface Cause {
  readonly intent_id: string;
  readonly root_intent_id: string;
  readonly constraints: JsonObject;
}

/** An item that the agent read before it decided. */
export interface ContextItem {
  readonly source: 'semantic_memory' | 'episodic_memory' | 'shared_memory' | 'working_memory' | 'observation' | 'agent';
  readonly id: string;
  /** Version of the item, where it has one. */
  readonly version?: number;
  readonly text: string;
  readonly score?: number;
}

/** An option that the agent considered. */
export interface Alternative extends JsonObject {
  readonly action: string;
}

/** Why an agent proposes an act, as its trace shows it. */
export interface Rationale {
  readonly context_retrieved: readonly ContextItem[];
  readonly alternatives_considered: readonly Alternative[];
  readonly decision_rationale: string;
  /** From 0 to 1. */
  readonly confidence_score: number;
  readonly expected_outcome: JsonObject;
}

export type Effect = 'allow' | 'require_approval' | 'deny';

/** The verdict of one rule. */
export interface Contribution {
  readonly id: string;
  /** safety 100 > compliance 90 > cost 50 > performance 10. */
  readonly tier: number;
  readonly effect: Effect;
  readonly reason: string;
}

/**
 * - `deny_overrides` (default): the strictest effect of all contributions.
 * - `highest_tier`: the strictest effect of those of the highest tier.
 */
export type Strategy = 'deny_overrides' | 'highest_tier';

export interface Decision {
  readonly effect: Effect;
  /** One sentence that explains the decision from the contributions that decided it. */
  readonly reason: string;
  /** All contributions, sorted by tier, then id. */
  readonly contributions: readonly Contribution[];
  /** Ids of the contributions that decided. */
  readonly winners: readonly string[];
  /** True when rules gave different effects. */
  readonly conflict: boolean;
  readonly strategy: Strategy;
  /** SHA-256 of the bundle and of its data: the same input under the same bundle gives the same decision. */
  readonly bundle: string;
  /** The error code that turned the decision into a denial, when policy or an approver gave no usable answer. */
  readonly error?: string;
}

export interface Approval {
  readonly approved: boolean;
  readonly by: string;
  readonly comment: string;
}

export type ActResult =
  | {
      readonly status: 'done';
      readonly trace_id: string;
      readonly decision: Decision;
      readonly approval?: Approval;
      /** What the actuator returned. */
      readonly result: Json;
    }
  | {
      readonly status: 'denied';
      readonly trace_id: string;
      readonly decision: Decision;
      readonly approval?: Approval;
      /** One sentence, for agents and people. */
      readonly reason: string;
    };
