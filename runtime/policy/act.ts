/**
 * The one way to act.
 *
 * asked ──policy──▶ decided ──logged──▶ allow ──────────────────────▶ traced ──▶ executed
 *                                  ├ require_approval ──approver──▶ decided again ┘
 *                                  └ deny, or not approved ──▶ traced ──▶ denied
 *
 * Architecture invariant 9: nothing executes without a recorded allow, or an approval of exactly that action under the bundle in
 * force. What cannot be recorded is not done.
 */
import type { ActResult, Approval, Cause, Decision, ProposedAction, Reasons } from '../core/acting.ts';
import { hashOf } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import { ActRefusedError } from './act-errors.ts';
import type { Approver } from './approver.ts';
import type { DecisionLog, DecisionStage } from './decision-log.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** What an actuator is told beside the arguments. */
export interface Execution {
  /** The same for every attempt at one act: whoever executes applies it once. */
  readonly key: string;
  readonly resource: string;
  readonly agent: string;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

export type Actuator = (args: JsonObject, execution: Execution) => Json | Promise<Json>;

/** What a node's agents act with. */
export interface ActOptions {
  /** Without one every act is denied. */
  readonly policy?: PolicyEngine;
  /** Without one every act is refused: nobody could ever say why it was done. */
  readonly traces?: TraceStore;
  /** Without one whatever needs an approval is denied. */
  readonly approver?: Approver;
  /** By the action's name. */
  readonly actuators: Readonly<Record<string, Actuator>>;
}

export interface ActsParts extends ActOptions {
  readonly log: DecisionLog;
  readonly clock: Clock;
  /** The trace that is active, where it is traced. */
  readonly otelTraceId: () => string | null;
}

/** As a context makes it; `runtime/actor/agent-context.ts`. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly action: ProposedAction;
  readonly reasons: Reasons;
  readonly signal: AbortSignal;
}

const noPolicy: Decision = Object.freeze({
  effect: 'deny',
  reason: 'this node has no policy, and nothing is allowed without one',
  contributions: [],
  winners: [],
  conflict: false,
  strategy: 'deny_overrides',
  bundle: 'none',
});

/** An act that policy, or whoever was asked, has an answer to. */
interface Answered {
  readonly decision: Decision;
  readonly approval?: Approval;
  /** Why not; absent when it may be done. */
  readonly refusal?: string;
}

export class Acts {
  readonly #parts: ActsParts;

  constructor(parts: ActsParts) {
    this.#parts = parts;
  }

  /** @throws ActRefusedError when there is no such actuator, or the act cannot be recorded; what the actuator throws */
  async act(call: ActCall): Promise<ActResult> {
    const { actuators, traces } = this.#parts;
    const { action, agent, signal } = call;
    const actuator = Object.hasOwn(actuators, action.name) ? actuators[action.name] : undefined;
    if (actuator === undefined) throw new ActRefusedError(action.name, 'this node has no actuator of that name');
    if (traces === undefined) throw new ActRefusedError(action.name, 'this node keeps no reasoning traces');
    const key = `${causeOf(call).intent_id}/${action.name}`;
    const answered = await this.#answer(call);
    const trace_id = await this.#trace(call, key, answered, traces);
    const { decision, approval, refusal } = answered;
    const told = approval === undefined ? { trace_id, decision } : { trace_id, decision, approval };
    if (refusal !== undefined) return { status: 'denied', ...told, reason: refusal };
    const result = await actuator(action.arguments, { key, resource: action.resource, agent, signal });
    return { status: 'done', ...told, result };
  }

  async #answer(call: ActCall): Promise<Answered> {
    const { approver } = this.#parts;
    const { action, agent, signal } = call;
    const decision = await this.#decide(call, 'proposed');
    if (decision.effect === 'allow') return { decision };
    if (decision.effect === 'deny') return { decision, refusal: decision.reason };
    if (approver === undefined) return { decision, refusal: `${decision.reason}; and there is nobody to approve it` };
    const { name, resource, arguments: args } = action;
    const approval = await approver.ask(
      {
        action_hash: hashOf({ name, resource, arguments: args }),
        agent,
        intent_id: causeOf(call).intent_id,
        action: { name, resource, arguments: args },
        decision,
      },
      signal,
    );
    if (!approval.approved)
      return { decision, approval, refusal: `not approved by ${approval.by}: ${approval.comment}` };
    // time has passed: what was approved must still be what policy would ask to be approved
    const again = await this.#decide(call, 'approved');
    if (again.effect === 'deny') return { decision: again, approval, refusal: again.reason };
    return { decision: again, approval };
  }

  /** Decides, and has it recorded. @throws ActRefusedError */
  async #decide(call: ActCall, stage: DecisionStage): Promise<Decision> {
    const { policy, log, clock } = this.#parts;
    const { action, agent } = call;
    const { intent_id, constraints } = causeOf(call);
    const { name, resource, arguments: args, facts } = action;
    const input = { ...facts, action: name, agent, resource, arguments: args, constraints };
    const decision = policy === undefined ? noPolicy : policy.decide(input);
    try {
      await log.append({ agent, intent_id, stage, input, decision, at: clock.now() });
    } catch (error) {
      throw new ActRefusedError(name, `its decision cannot be recorded: ${reasonOf(error)}`, error);
    }
    return decision;
  }

  /** @returns its id: that of an earlier attempt, if there was one. @throws ActRefusedError */
  async #trace(call: ActCall, key: string, answered: Answered, traces: TraceStore): Promise<string> {
    const { clock, otelTraceId } = this.#parts;
    const { action, agent, reasons } = call;
    const { intent_id, root_intent_id } = causeOf(call);
    const { name, resource, arguments: args } = action;
    const { decision, approval, refusal } = answered;
    const trace_id = `trace_${hashOf(key).slice(0, 32)}`;
    try {
      await traces.write({
        trace_id,
        agent_id: reasons.agent_id ?? agent,
        intent_id,
        root_intent_id,
        at: clock.now(),
        context_retrieved: reasons.context_retrieved,
        alternatives_considered: reasons.alternatives_considered,
        decision_rationale: reasons.decision_rationale,
        selected_action: { ...args, action: name, resource },
        confidence_score: reasons.confidence_score,
        policy: policyOf(decision, approval, refusal),
        expected_outcome: reasons.expected_outcome,
        otel_trace_id: otelTraceId(),
      });
    } catch (error) {
      throw new ActRefusedError(name, `its reasoning trace cannot be written: ${reasonOf(error)}`, error);
    }
    return trace_id;
  }
}

function causeOf({ action, intent }: ActCall): Cause {
  const { intent_id, root_intent_id, constraints } = intent;
  return action.cause ?? { intent_id, root_intent_id: root_intent_id ?? intent_id, constraints };
}

function policyOf(decision: Decision, approval: Approval | undefined, refusal: string | undefined): JsonObject {
  const { effect, reason, winners, conflict, strategy, bundle } = decision;
  return {
    effect,
    reason,
    winners,
    conflict,
    strategy,
    bundle,
    contributions: decision.contributions.map((contribution) => ({ ...contribution })),
    permitted: refusal === undefined,
    approval: approval === undefined ? null : { ...approval },
  };
}
