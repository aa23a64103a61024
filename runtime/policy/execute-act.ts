/**
 * Last stage of an act: writes the records of the act, then calls the actuator. The reasoning trace is written first, then the key
 * is claimed. A refused act leaves both records too, but executes nothing.
 */
import { hashOfAction } from '../core/act-proposal.ts';
import type { ActResult } from '../core/acting.ts';
import type { Clock } from '../core/clock.ts';
import type { Json } from '../core/json.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import { type DivergedCall, refuseDiverged } from './act-divergence.ts';
import { ActNotRecordedError } from './act-errors.ts';
import type { Actuator, Execution } from './act-options.ts';
import { recorded } from './act-recorded.ts';
import type { ActRecord, ActRecords } from './act-records.ts';
import { type Answered, traceOf } from './act-trace.ts';
import type { Act } from './known-act.ts';

export interface ExecuteParts {
  readonly records: ActRecords;
  readonly diverged: DivergedCall;
  readonly clock: Pick<Clock, 'now'>;
  /** The id of the active OpenTelemetry trace, if there is one. */
  readonly otelTraceId: () => string | null;
}

/** The actuator of an act with the store of its trace. */
export interface ExecutionPorts {
  readonly actuator: Actuator;
  readonly traces: TraceStore;
}

export class ExecuteStage {
  readonly #parts: ExecuteParts;

  constructor(parts: ExecuteParts) {
    this.#parts = parts;
  }

  /** Executes an act. @throws ActNotRecordedError, ActDivergedError before anything is done; errors of the actuator */
  async execute(act: Act, answered: Answered, { actuator, traces }: ExecutionPorts): Promise<ActResult> {
    const { decision, approval, refusal } = answered;
    const trace_id = await this.#trace(act, answered, traces);
    await this.#claim(act, { hash: refusal === undefined ? act.proposal.hash : null, trace_id }, traces);
    const outcome = approval === undefined ? { trace_id, decision } : { trace_id, decision, approval };
    if (refusal !== undefined) return { status: 'denied', ...outcome, reason: refusal };
    return { status: 'done', ...outcome, result: await this.#run(act, actuator) };
  }

  /** Writes the trace. @returns its id */
  async #trace(act: Act, answered: Answered, traces: TraceStore): Promise<string> {
    const { clock, otelTraceId } = this.#parts;
    const { proposal, place, record } = act;
    const previous = record?.trace_id ?? place.earlierTrace();
    const trace = traceOf({ ...act, at: clock.now(), otelTraceId: otelTraceId(), previous }, answered);
    await recorded(proposal.action.name, 'its reasoning trace cannot be written', () => traces.write(trace));
    place.traced(trace.trace_id);
    return trace.trace_id;
  }

  /** Records the hash of the act that is about to be executed. */
  async #claim(act: Act, next: ActRecord, traces: TraceStore): Promise<void> {
    const { records, diverged } = this.#parts;
    const { name } = act.proposal.action;
    const claim = await recorded(name, 'its key cannot be recorded', () => records.claim(act.key, act.identity, next));
    if (claim.kind === 'claimed') return;
    await traces.close(next.trace_id, { executed: false, reason: claim.kind }, false);
    if (claim.kind === 'diverged') return refuseDiverged(act, claim.begun, diverged);
    throw new ActNotRecordedError(name, 'others write under its key all the time');
  }

  /** Runs the actuator on the decided bytes, after comparing their hash once more. */
  async #run(act: Act, actuator: Actuator): Promise<Json> {
    const { agent, cause, proposal, key, signal } = act;
    const { action, hash } = proposal;
    if (hashOfAction(action) !== hash) await refuseDiverged(act, hash, this.#parts.diverged);
    await act.whenOwned();
    const execution: Execution = {
      key,
      resource: action.resource,
      agent,
      on_behalf_of: cause.from_agent,
      action_hash: hash,
      signal,
    };
    return actuator(action.arguments, Object.freeze(execution));
  }
}
