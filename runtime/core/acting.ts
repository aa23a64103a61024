/** An act of an agent upon the world: what it wants to do, why, what policy said, and what came of it. */
import type { Json, JsonObject } from './json.ts';

/**
 * What an agent wants done. Copied and frozen when it is proposed: what is changed afterwards changes nothing. Two acts of one
 * name upon one resource, proposed by one handler, are two.
 */
export interface ProposedAction {
  /** Which actuator of the node does it: `scale`. */
  readonly name: string;
  /** What it is done to. */
  readonly resource: string;
  /** What the actuator is told; an approval holds for exactly these. */
  readonly arguments: JsonObject;
  /** What policy is told beside: cost, justification. `policies/README.md` says what rules read. */
  readonly facts: JsonObject;
  /** The intent that it is done for, when it is not the one in hand: one that `ctx.keepCause` has recorded for this agent. */
  readonly cause?: Cause;
}

/** An intent as acts are done for it. */
export interface Cause {
  readonly intent_id: string;
  readonly root_intent_id: string;
  readonly constraints: JsonObject;
}

/** What was read before deciding. */
export interface ContextItem {
  readonly source: 'semantic_memory' | 'episodic_memory' | 'shared_memory' | 'working_memory' | 'observation' | 'agent';
  readonly id: string;
  /** Of what was read, where it has one. */
  readonly version?: number;
  readonly text: string;
  readonly score?: number;
}

/** An option that was weighed. */
export interface Alternative extends JsonObject {
  readonly action: string;
}

/** Why an agent wants it: what its trace shows. */
export interface Rationale {
  readonly context_retrieved: readonly ContextItem[];
  readonly alternatives_considered: readonly Alternative[];
  readonly decision_rationale: string;
  /** 0 to 1. */
  readonly confidence_score: number;
  readonly expected_outcome: JsonObject;
}

export type Effect = 'allow' | 'require_approval' | 'deny';

/** What one rule says. */
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
  /** One sentence: why, from the contributions that decided. */
  readonly reason: string;
  /** All of them, by tier, then id. */
  readonly contributions: readonly Contribution[];
  /** Ids of those that decided. */
  readonly winners: readonly string[];
  /** Rules said different things. */
  readonly conflict: boolean;
  readonly strategy: Strategy;
  /** SHA-256 of the bundle and of its data: the same input under the same bundle gives the same decision. */
  readonly bundle: string;
  /** The code of what made it a denial, when policy or an approver gave no answer that can be used. */
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
