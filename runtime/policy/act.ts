/**
 * The one way to act.
 *
 * proposed (frozen, hashed) ──cause known──▶ nothing else begun in its place ──policy──▶ decided ──logged──▶
 *   ├ allow ─────────────────────────────────┬▶ traced ──▶ claimed (key, hash) ──same hash──▶ executed
 *   ├ require_approval ─approver▶ decided again ┘             └ another act was begun there ──▶ diverged: a human
 *   └ deny, or not approved ──▶ traced ──▶ denied
 *
 * Architecture invariant 9: nothing executes without a recorded allow, or an approval of exactly that action under the bundle in
 * force. What cannot be recorded is not done. Invariant 15: what was decided is what executes.
 */

import { type ActProposal, hashOfAction } from '../core/act-proposal.ts';
import type { ActPlace } from '../core/act-series.ts';
import type { ActResult, Approval, Decision, ProposedAction } from '../core/acting.ts';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import { findCause, type KnownCause } from './act-causes.ts';
import { ActDivergedError, ActNotRecordedError, ForeignCauseError, NoActuatorError } from './act-errors.ts';
import type { ActOptions, Actuator } from './act-options.ts';
import { type ActIdentity, type ActRecord, ActRecords, actKey } from './act-records.ts';
import type { ActStore } from './act-store.ts';
import { type Answered, traceOf } from './act-trace.ts';
import { type DecisionLog, type DecisionStage, decisionId } from './decision-log.ts';
import { readApproval } from './read-approval.ts';

/** Calls a human: another act was begun in the place of this one. */
export type DivergedCall = (call: {
  readonly agent: string;
  readonly intent: Intent;
  readonly message: string;
  readonly detail: JsonObject;
}) => Promise<void>;

export interface ActsParts extends ActOptions {
  readonly log: DecisionLog;
  readonly store: ActStore;
  readonly diverged: DivergedCall;
  readonly clock: Clock;
  /** The trace that is active, where it is traced. */
  readonly otelTraceId: () => string | null;
}

/** As a context makes it; `runtime/actor/agent-context.ts`. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while its agent's partition is this node's: an approval may have taken long. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}

/** An act that may be decided: it has a cause and a key, and nothing else was begun in its place. */
interface Act extends ActCall {
  readonly cause: KnownCause;
  readonly identity: ActIdentity;
  readonly key: string;
  /** Of an earlier attempt. */
  readonly record: ActRecord | undefined;
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

export class Acts {
  readonly #parts: ActsParts;
  readonly #records: ActRecords;

  constructor(parts: ActsParts) {
    this.#parts = parts;
    this.#records = new ActRecords(parts.store);
  }

  /**
   * @throws NoActuatorError, ForeignCauseError, ActNotRecordedError, ActDivergedError before anything is done; what the actuator
   * throws
   */
  async act(call: ActCall): Promise<ActResult> {
    const { actuators, traces } = this.#parts;
    const { action } = call.proposal;
    const actuator = Object.hasOwn(actuators, action.name) ? actuators[action.name] : undefined;
    if (actuator === undefined) throw new NoActuatorError(action.name, Object.keys(actuators));
    if (traces === undefined) {
      throw new ActNotRecordedError(action.name, 'this node keeps no reasoning traces', { retryable: false });
    }
    const act = await this.#begin(call);
    const answered = await this.#answer(act);
    const trace_id = await this.#trace(act, answered, traces);
    const { decision, approval, refusal } = answered;
    await this.#claim(act, { hash: refusal === undefined ? call.proposal.hash : null, trace_id }, traces);
    const told = approval === undefined ? { trace_id, decision } : { trace_id, decision, approval };
    if (refusal !== undefined) return { status: 'denied', ...told, reason: refusal };
    return { status: 'done', ...told, result: await this.#execute(act, actuator) };
  }

  /** Finds out for which intent it is, and whether an earlier attempt began something in its place. */
  async #begin(call: ActCall): Promise<Act> {
    const { agent, intent, proposal, place } = call;
    const { name, resource, cause: named } = proposal.action;
    const cause = await this.#recorded(name, 'its cause cannot be looked up', () =>
      findCause(this.#parts.store, agent, intent, named),
    );
    const { from_agent, intent_id } = cause;
    const identity: ActIdentity = { from_agent, intent_id, agent, action: name, resource, ordinal: place.ordinal };
    const key = actKey(identity);
    const record = await this.#recorded(name, 'whether it was begun before is not known', () =>
      this.#records.read(key),
    );
    const act = { ...call, cause, identity, key, record };
    const begun = record?.hash ?? null;
    if (begun !== null && begun !== proposal.hash) await this.#diverge(act, begun);
    return act;
  }

  async #answer(act: Act): Promise<Answered> {
    const { approver } = this.#parts;
    const { agent, cause, proposal, signal } = act;
    const { decision, id } = await this.#decide(act, 'proposed');
    const first: Answered = { decision, decisionIds: [id] };
    if (decision.effect === 'allow') return first;
    if (decision.effect === 'deny') return { ...first, refusal: decision.reason };
    if (approver === undefined) return { ...first, refusal: `${decision.reason}; and there is nobody to approve it` };
    const { name, resource, arguments: args } = proposal.action;
    const answer: unknown = await approver.ask(
      {
        action_hash: proposal.hash,
        agent,
        on_behalf_of: cause.from_agent,
        intent_id: cause.intent_id,
        action: { name, resource, arguments: args },
        decision,
      },
      signal,
    );
    const approval = readApproval(answer);
    if (typeof approval === 'string') return { ...first, refusal: `the approver's answer is no approval: ${approval}` };
    if (!approval.approved)
      return { ...first, approval, refusal: `not approved by ${approval.by}: ${approval.comment}` };
    return this.#decideAgain(act, first, approval);
  }

  /** Time has passed: what was approved must still be what policy would ask to be approved. */
  async #decideAgain(act: Act, { decision: asked, decisionIds }: Answered, approval: Approval): Promise<Answered> {
    const { decision, id } = await this.#decide(act, 'approved');
    const again: Answered = { decision, approval, decisionIds: [...decisionIds, id] };
    if (decision.effect === 'allow') return again;
    if (decision.effect === 'deny') return { ...again, refusal: decision.reason };
    if (decision.bundle === asked.bundle) return again;
    return { ...again, refusal: 'it was approved under a policy that has been replaced since; propose it again' };
  }

  /** Decides, and has it recorded. @throws ActNotRecordedError */
  async #decide(act: Act, stage: DecisionStage): Promise<{ readonly decision: Decision; readonly id: string }> {
    const { policy, log, clock } = this.#parts;
    const { agent, cause, proposal, key, attempt } = act;
    const { action, hash: action_hash } = proposal;
    const input = inputOf(agent, cause, action);
    const decision = policy === undefined ? noPolicy : policy.decide(input);
    const decided = { stage, input, decision, at: clock.now() };
    const id = decisionId(key, attempt, decided);
    const { from_agent: on_behalf_of, intent_id } = cause;
    const entry = { ...decided, decision_id: id, agent, on_behalf_of, intent_id, act_key: key, action_hash };
    await this.#recorded(action.name, 'its decision cannot be recorded', () => log.append(entry));
    return { decision, id };
  }

  /** @returns its id. @throws ActNotRecordedError */
  async #trace(act: Act, answered: Answered, traces: TraceStore): Promise<string> {
    const { clock, otelTraceId } = this.#parts;
    const { proposal, place, record } = act;
    const previous = record?.trace_id ?? place.earlierTrace();
    const trace = traceOf({ ...act, at: clock.now(), otelTraceId: otelTraceId(), previous }, answered);
    await this.#recorded(proposal.action.name, 'its reasoning trace cannot be written', () => traces.write(trace));
    place.traced(trace.trace_id);
    return trace.trace_id;
  }

  /** Writes down what is about to be executed. @throws ActNotRecordedError, ActDivergedError */
  async #claim(act: Act, next: ActRecord, traces: TraceStore): Promise<void> {
    const { name } = act.proposal.action;
    const claim = await this.#recorded(name, 'its key cannot be recorded', () =>
      this.#records.claim(act.key, act.identity, next),
    );
    if (claim.kind === 'claimed') return;
    await traces.close(next.trace_id, { executed: false, reason: claim.kind }, false);
    if (claim.kind === 'diverged') return this.#diverge(act, claim.begun);
    throw new ActNotRecordedError(name, 'others write under its key all the time');
  }

  async #execute(act: Act, actuator: Actuator): Promise<Json> {
    const { agent, cause, proposal, key, signal } = act;
    const { action, hash } = proposal;
    if (hashOfAction(action) !== hash) await this.#diverge(act, hash);
    await act.whenOwned();
    const execution = {
      key,
      resource: action.resource,
      agent,
      on_behalf_of: cause.from_agent,
      action_hash: hash,
      signal,
    };
    return actuator(action.arguments, Object.freeze(execution));
  }

  /** Calls a human, durably. @throws ActDivergedError; ActNotRecordedError when nobody could be called */
  async #diverge({ agent, intent, proposal, key, identity, record }: Act, begun: string): Promise<never> {
    const { name, resource } = proposal.action;
    const error = new ActDivergedError(name, resource, key, begun);
    const detail = {
      ...identity,
      key,
      begun,
      wanted: proposal.hash,
      arguments: proposal.action.arguments,
      trace_id: record?.trace_id ?? null,
    };
    const message = `agent "${agent}" wants another "${name}" upon "${resource}" than it began for the same intent: not done`;
    await this.#recorded(name, 'another was begun in its place, and no human could be called', () =>
      this.#parts.diverged({ agent, intent, message, detail }),
    );
    throw error;
  }

  async #recorded<T>(name: string, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ForeignCauseError) throw cause;
      throw new ActNotRecordedError(name, `${what}: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** What rules see. What the runtime knows wins over what the agent says. */
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
