/**
 * First stage of an act: policy decides, once the cause of the act is known. Each decision is recorded before it takes effect. An
 * act is not decided at all when another act was begun in its place.
 */

import type { ActCall } from '../core/act-call.ts';
import type { Approval, Decision, ProposedAction } from '../core/acting.ts';
import type { Clock } from '../core/clock.ts';
import type { ParleyError } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import type { JsonObject } from '../core/json.ts';
import { findCause, type KnownCause } from './act-causes.ts';
import { type DivergedCall, refuseDiverged } from './act-divergence.ts';
import type { ActEvents } from './act-events.ts';
import { type ActIdentity, actKey, type IntentIdentity } from './act-key.ts';
import { recorded } from './act-recorded.ts';
import type { ActRecords } from './act-records.ts';
import type { ActStore } from './act-store.ts';
import type { Answered } from './act-trace.ts';
import { type DecisionLog, type DecisionStage, decisionId } from './decision-log.ts';
import type { Act } from './known-act.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { decideWith } from './read-decision.ts';

export interface DecideParts {
  /** Without a policy every act is denied. */
  readonly policy?: PolicyEngine;
  readonly log: DecisionLog;
  readonly store: ActStore;
  readonly records: ActRecords;
  readonly diverged: DivergedCall;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<ActEvents, 'actDecided'>;
}

/** The outcome of policy: the final answer, or a question to a human. */
export type Decided =
  | { readonly kind: 'answered'; readonly answered: Answered }
  | { readonly kind: 'needs_approval'; readonly decision: Decision; readonly decisionId: string };

const noPolicy: Decision = Object.freeze({
  effect: 'deny',
  reason: 'this node has no policy, and nothing is allowed without one',
  contributions: [],
  winners: [],
  conflict: false,
  strategy: 'deny_overrides',
  bundle: 'none',
});

export class DecideStage {
  readonly #parts: DecideParts;

  constructor(parts: DecideParts) {
    this.#parts = parts;
  }

  /**
   * Finds the cause of the act, then checks that no earlier attempt began another act in its place.
   * @throws ForeignCauseError, ActNotRecordedError, ActDivergedError
   */
  async begin(call: ActCall): Promise<Act> {
    const { store, records, diverged } = this.#parts;
    const { agent, intent, proposal, place } = call;
    const { name, resource, cause: named } = proposal.action;
    const cause = await recorded(name, 'its cause cannot be looked up', () => findCause(store, agent, intent, named));
    const { from_agent, intent_id } = cause;
    const handled = handledBeside(cause, intent);
    const identity: ActIdentity = {
      from_agent,
      intent_id,
      ...(handled === undefined ? {} : { handled }),
      agent,
      action: name,
      resource,
      ordinal: place.ordinal,
    };
    const key = actKey(identity);
    const record = await recorded(name, 'whether it was begun before is not known', () => records.read(key));
    const act = { ...call, cause, identity, key, record };
    const begun = record?.hash ?? null;
    if (begun !== null && begun !== proposal.hash) await refuseDiverged(act, begun, diverged);
    return act;
  }

  /** Decides the act by policy, then records the decision. @throws ActNotRecordedError */
  async decide(act: Act): Promise<Decided> {
    const { decision, id } = await this.#decide(act, 'proposed');
    const { effect, reason } = decision;
    const first: Answered = { decision, decisionIds: [id] };
    switch (effect) {
      case 'allow':
        return { kind: 'answered', answered: first };
      case 'deny':
        return { kind: 'answered', answered: { ...first, refusal: reason } };
      case 'require_approval':
        return { kind: 'needs_approval', decision, decisionId: id };
      default:
        return effect satisfies never;
    }
  }

  /**
   * Decides again after the approval: policy must still ask for an approval of the approved action.
   * @param asked the decision that asked for the approval; `askedId` is its id
   * @throws ActNotRecordedError
   */
  async decideAgain(act: Act, asked: Decision, askedId: string, approval: Approval): Promise<Answered> {
    const { decision, id } = await this.#decide(act, 'approved');
    const again: Answered = { decision, approval, decisionIds: [askedId, id] };
    if (decision.effect === 'allow') return again;
    if (decision.effect === 'deny') return { ...again, refusal: decision.reason };
    if (decision.bundle === asked.bundle) return again;
    return { ...again, refusal: 'it was approved under a policy that has been replaced since; propose it again' };
  }

  /**
   * Denies an act whose approval cannot be used, then records the denial.
   * @throws ActNotRecordedError
   */
  async refuse(act: Act, asked: Decision, askedId: string, { code, message }: ParleyError): Promise<Answered> {
    const input = inputOf(act.agent, act.cause, act.proposal.action);
    const refused: Decision = Object.freeze({ ...asked, effect: 'deny', reason: message, winners: [], error: code });
    const { decision, id } = await this.#record(act, 'approved', input, refused);
    return { decision, decisionIds: [askedId, id], refusal: message };
  }

  async #decide(act: Act, stage: DecisionStage): Promise<{ readonly decision: Decision; readonly id: string }> {
    const { policy } = this.#parts;
    const input = inputOf(act.agent, act.cause, act.proposal.action);
    return this.#record(act, stage, input, policy === undefined ? noPolicy : decideWith(policy, input));
  }

  async #record(
    act: Act,
    stage: DecisionStage,
    input: JsonObject,
    decision: Decision,
  ): Promise<{ readonly decision: Decision; readonly id: string }> {
    const { log, clock, events } = this.#parts;
    const { agent, cause, proposal, key, attempt } = act;
    const { action, hash: action_hash } = proposal;
    const decided = { stage, input, decision, at: clock.now() };
    const id = decisionId(key, attempt, decided);
    const { from_agent: on_behalf_of, intent_id } = cause;
    const entry = { ...decided, decision_id: id, agent, on_behalf_of, intent_id, act_key: key, action_hash };
    await recorded(action.name, 'its decision cannot be recorded', () => log.append(entry));
    events.actDecided(agent, decision.effect);
    return { decision, id };
  }
}

/** @returns the intent in hand, when the act is done for an earlier one */
function handledBeside(cause: KnownCause, { from_agent, intent_id }: Intent): IntentIdentity | undefined {
  if (cause.intent_id === intent_id && cause.from_agent === from_agent) return undefined;
  return { from_agent, intent_id };
}

/** Builds the input of the rules. Facts of the runtime override what the agent claims. */
function inputOf(
  agent: string,
  cause: KnownCause,
  { name, resource, arguments: args, facts }: ProposedAction,
): JsonObject {
  return Object.freeze({
    ...facts,
    action: name,
    agent,
    agent_id: agent,
    on_behalf_of: cause.from_agent,
    resource,
    arguments: args,
    constraints: cause.constraints,
  });
}
