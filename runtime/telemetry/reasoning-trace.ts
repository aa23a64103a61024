/** Records why an agent acted as it did: the article's structure. */
import type { Alternative, ContextItem } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export type { Alternative, ContextItem } from '../core/acting.ts';

export interface ReasoningTrace {
  readonly trace_id: string;
  /** The agent that acted. */
  readonly agent_id: string;
  /** The sender of the intent that the agent acted for. */
  readonly on_behalf_of?: string;
  readonly intent_id: string;
  readonly root_intent_id: string;
  /** Milliseconds since 1970, by the clock of the mesh. */
  readonly at: number;
  readonly context_retrieved: readonly ContextItem[];
  readonly alternatives_considered: readonly Alternative[];
  readonly decision_rationale: string;
  readonly selected_action: JsonObject;
  /** From 0 to 1. */
  readonly confidence_score: number;
  /** Effect, contributions and bundle of the policy decision, with the approval if one was given. */
  readonly policy: JsonObject;
  readonly expected_outcome: JsonObject;
  /** `null` until the outcome is known. */
  readonly actual_outcome: JsonObject | null;
  readonly success: boolean | null;
  /** The OpenTelemetry trace id, if there is one. */
  readonly otel_trace_id: string | null;
  /** Shared by all decisions on one act: every attempt at the act leaves its own trace. */
  readonly act_key?: string;
  /** The decision before this one on the same act, or on the act before it in the same handling. */
  readonly previous_trace_id?: string;
}

export type NewReasoningTrace = Omit<ReasoningTrace, 'actual_outcome' | 'success'>;

export interface TraceFilter {
  readonly agent_id?: string;
  readonly on_behalf_of?: string;
  readonly root_intent_id?: string;
  /** An expression such as `selected_action.scale_factor > 5`; `runtime/telemetry/trace-query.ts`. */
  readonly where?: string;
  /** At most 1,000; 20 by default. */
  readonly limit?: number;
}

/** Implemented by Postgres, or PGlite behind its socket. Contract: `test/contract/memory/trace-contract.ts`. */
export interface TraceStore {
  /** Writes a trace once for each `trace_id`: a repeated write changes nothing. */
  write(trace: NewReasoningTrace): Promise<void>;
  /** Records the outcome. The first outcome stays. @returns whether this was the first */
  close(traceId: string, actualOutcome: JsonObject, success: boolean): Promise<boolean>;
  read(traceId: string): Promise<ReasoningTrace | undefined>;
  /** Returns traces newest first; those of the same time by id. @throws TraceQueryError when `where` cannot be parsed */
  list(filter: TraceFilter): Promise<readonly ReasoningTrace[]>;
}
