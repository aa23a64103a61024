/** Builds the reasoning trace of a decision on an act. A pure function of the decision. */

import type { ActProposal } from '../core/act-proposal.ts';
import type { Approval, Decision, ProposedAction } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';
import type { NewReasoningTrace } from '../telemetry/reasoning-trace.ts';
import type { KnownCause } from './act-causes.ts';

/** An act on which policy, or an approver, has answered. */
export interface Answered {
  readonly decision: Decision;
  readonly approval?: Approval;
  /** Why the act is refused; absent when it may be done. */
  readonly refusal?: string;
  /** The ids of its decisions in the decision log, the latest last. */
  readonly decisionIds: readonly [string, ...string[]];
}

export interface TracedAct {
  readonly agent: string;
  readonly cause: KnownCause;
  readonly key: string;
  readonly proposal: ActProposal;
  readonly at: number;
  readonly otelTraceId: string | null;
  /** The trace of the decision before this one, on the same act or on the act before it. */
  readonly previous: string | undefined;
}

/** Gives each decision its own trace id. */
const traceIdOf = ({ decisionIds }: Answered): string => `trace_${decisionIds.at(-1)}`;

export function traceOf(act: TracedAct, answered: Answered): NewReasoningTrace {
  const { agent, cause, key, proposal, at, otelTraceId, previous } = act;
  const { action, rationale, hash } = proposal;
  return {
    trace_id: traceIdOf(answered),
    agent_id: agent,
    on_behalf_of: cause.from_agent,
    intent_id: cause.intent_id,
    root_intent_id: cause.root_intent_id,
    at,
    context_retrieved: rationale.context_retrieved,
    alternatives_considered: rationale.alternatives_considered,
    decision_rationale: rationale.decision_rationale,
    selected_action: selectedOf(action),
    confidence_score: rationale.confidence_score,
    policy: policyOf(answered, hash),
    expected_outcome: rationale.expected_outcome,
    otel_trace_id: otelTraceId,
    act_key: key,
    ...(previous === undefined ? {} : { previous_trace_id: previous }),
  };
}

/** Puts name, resource and arguments side by side, as queries name them; nests the arguments when one has such a name. */
function selectedOf({ name: action, resource, arguments: args }: ProposedAction): JsonObject {
  if ('action' in args || 'resource' in args) return { action, resource, arguments: args };
  return { ...args, action, resource };
}

function policyOf({ decision, approval, refusal, decisionIds }: Answered, hash: string): JsonObject {
  const { effect, reason, winners, conflict, strategy, bundle, error } = decision;
  return {
    effect,
    reason,
    winners,
    conflict,
    strategy,
    bundle,
    ...(error === undefined ? {} : { error }),
    contributions: decision.contributions.map((contribution) => ({ ...contribution })),
    permitted: refusal === undefined,
    refusal: refusal ?? null,
    approval: approval === undefined ? null : { ...approval },
    action_hash: hash,
    decision_ids: decisionIds,
  };
}
