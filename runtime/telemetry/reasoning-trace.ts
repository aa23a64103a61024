/** Why an agent did what it did: the article's structure. */
import type { Alternative, ContextItem } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export type { Alternative, ContextItem } from '../core/acting.ts';

export interface ReasoningTrace {
  readonly trace_id: string;
  /** Who acted. */
  readonly agent_id: string;
  /** Who sent the intent that it acted for. */
  readonly on_behalf_of?: string;
  readonly intent_id: string;
  readonly root_intent_id: string;
  /** Milliseconds since 1970, by the mesh's clock. */
  readonly at: number;
  readonly context_retrieved: readonly ContextItem[];
  readonly alternatives_considered: readonly Alternative[];
  readonly decision_rationale: string;
  readonly selected_action: JsonObject;
  /** 0 to 1. */
  readonly confidence_score: number;
  /** Effect, contributions and bundle of the policy's decision; the approval, where one was given. */
  readonly policy: JsonObject;
  readonly expected_outcome: JsonObject;
  /** `null` until the mesh has seen it. */
  readonly actual_outcome: JsonObject | null;
  readonly success: boolean | null;
  /** Of OpenTelemetry, where it is traced. */
  readonly otel_trace_id: string | null;
  /** What all decisions on one act have in common: every attempt at it leaves a trace. */
  readonly act_key?: string;
  /** The decision before this one on the same act, or on the one before it in the same handling. */
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

/** Postgres, or PGlite behind its socket. One contract: `test/contract/memory/trace-contract.ts`. */
export interface TraceStore {
  /** Once for each `trace_id`: repeated, it changes nothing. */
  write(trace: NewReasoningTrace): Promise<void>;
  /** What came of it. The first answer stays. @returns whether this was the first */
  close(traceId: string, actualOutcome: JsonObject, success: boolean): Promise<boolean>;
  read(traceId: string): Promise<ReasoningTrace | undefined>;
  /** Newest first; of the same time, by id. @throws TraceQueryError when `where` cannot be understood */
  list(filter: TraceFilter): Promise<readonly ReasoningTrace[]>;
}
