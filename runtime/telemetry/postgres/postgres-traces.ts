/** Reasoning traces in Postgres, or in PGlite behind its socket. */
import { InvalidOptionError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Database, type SqlValue, storableJson, storableText } from '../../database/index.ts';
import type { NewReasoningTrace, ReasoningTrace, TraceFilter, TraceStore } from '../reasoning-trace.ts';
import { parseTraceQuery } from '../trace-query.ts';
import { sqlOf } from './trace-query-sql.ts';

const limits = { usual: 20, most: 1_000 } as const;

const columns = `trace_id, agent_id, on_behalf_of, intent_id, root_intent_id, round(extract(epoch from "timestamp") * 1000)::float8 as at,
  context_retrieved, alternatives_considered, decision_rationale, selected_action, confidence_score, policy, expected_outcome,
  actual_outcome, success, otel_trace_id, act_key, previous_trace_id`;

export class PostgresTraces implements TraceStore {
  readonly #database: Database;
  readonly #table: string;

  /** @param database must stay open while this is used; its opener closes it */
  constructor(database: Database) {
    this.#database = database;
    this.#table = `${database.schema}.reasoning_traces`;
  }

  async write(trace: NewReasoningTrace): Promise<void> {
    await this.#database.query(
      `insert into ${this.#table}
         (trace_id, agent_id, intent_id, root_intent_id, "timestamp", context_retrieved, alternatives_considered,
          decision_rationale, selected_action, confidence_score, policy, expected_outcome, otel_trace_id,
          on_behalf_of, act_key, previous_trace_id)
       values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), $6::jsonb, $7::jsonb, $8, $9::jsonb, $10, $11::jsonb,
          $12::jsonb, $13, $14, $15, $16)
       on conflict do nothing`,
      [
        trace.trace_id,
        trace.agent_id,
        trace.intent_id,
        trace.root_intent_id,
        trace.at,
        storableJson(trace.context_retrieved.map((item): JsonObject => ({ ...item }))),
        storableJson(trace.alternatives_considered),
        storableText(trace.decision_rationale),
        storableJson(trace.selected_action),
        trace.confidence_score,
        storableJson(trace.policy),
        storableJson(trace.expected_outcome),
        trace.otel_trace_id,
        trace.on_behalf_of ?? null,
        trace.act_key ?? null,
        trace.previous_trace_id ?? null,
      ],
    );
  }

  async close(traceId: string, actualOutcome: JsonObject, success: boolean): Promise<boolean> {
    const closed = await this.#database.query(
      `update ${this.#table} set actual_outcome = $2::jsonb, success = $3
       where trace_id = $1 and actual_outcome is null returning trace_id`,
      [storableText(traceId), storableJson(actualOutcome), success],
    );
    return closed.length === 1;
  }

  async read(traceId: string): Promise<ReasoningTrace | undefined> {
    const [row] = await this.#database.query<Row>(`select ${columns} from ${this.#table} where trace_id = $1`, [
      storableText(traceId),
    ]);
    return row === undefined ? undefined : traceOf(row);
  }

  async list({
    agent_id,
    on_behalf_of,
    root_intent_id,
    where,
    limit = limits.usual,
  }: TraceFilter): Promise<readonly ReasoningTrace[]> {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > limits.most)
      throw new InvalidOptionError('limit', `a whole number from 1 to ${limits.most}`, limit);
    const values: SqlValue[] = [];
    const parameter = (value: SqlValue): string => `$${values.push(value)}`;
    const conditions = ['true'];
    if (agent_id !== undefined) conditions.push(`agent_id = ${parameter(storableText(agent_id))}`);
    if (on_behalf_of !== undefined) conditions.push(`on_behalf_of = ${parameter(storableText(on_behalf_of))}`);
    if (root_intent_id !== undefined) conditions.push(`root_intent_id = ${parameter(storableText(root_intent_id))}`);
    if (where !== undefined) conditions.push(sqlOf(parseTraceQuery(where), parameter));
    const rows = await this.#database.query<Row>(
      `select ${columns} from ${this.#table} where ${conditions.join(' and ')}
       order by "timestamp" desc, trace_id collate "C" limit ${limit}`,
      values,
    );
    return rows.map(traceOf);
  }
}

/** Columns that older traces lack are `null`. */
type Row = Omit<ReasoningTrace, 'on_behalf_of' | 'act_key' | 'previous_trace_id'> & {
  readonly on_behalf_of: string | null;
  readonly act_key: string | null;
  readonly previous_trace_id: string | null;
};

function traceOf({ on_behalf_of, act_key, previous_trace_id, ...trace }: Row): ReasoningTrace {
  return {
    ...trace,
    ...(on_behalf_of === null ? {} : { on_behalf_of }),
    ...(act_key === null ? {} : { act_key }),
    ...(previous_trace_id === null ? {} : { previous_trace_id }),
  };
}
