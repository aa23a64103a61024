/** Creates the table of reasoning traces: the article's structure. */
import type { Migration } from '../migrate.ts';

export const reasoningTraces: Migration = {
  name: 'reasoning traces',
  sql: (schema) => [
    `create table ${schema}.reasoning_traces (
       trace_id text primary key,
       agent_id text not null,
       intent_id text not null,
       root_intent_id text not null,
       "timestamp" timestamptz not null,
       context_retrieved jsonb not null,
       alternatives_considered jsonb not null,
       decision_rationale text not null,
       selected_action jsonb not null,
       confidence_score double precision not null,
       policy jsonb not null,
       expected_outcome jsonb not null,
       actual_outcome jsonb,
       success boolean,
       otel_trace_id text
     )`,
    `create index reasoning_traces_timestamp on ${schema}.reasoning_traces ("timestamp" desc)`,
    `create index reasoning_traces_agent on ${schema}.reasoning_traces (agent_id, "timestamp" desc)`,
    `create index reasoning_traces_root on ${schema}.reasoning_traces (root_intent_id)`,
  ],
};
