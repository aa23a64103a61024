/** Adds the sender on whose behalf an agent acted, the key of the act: every decision on an act leaves its own trace. */
import type { Migration } from '../migrate.ts';

export const actLinks: Migration = {
  name: 'act links',
  sql: (schema) => [
    `alter table ${schema}.reasoning_traces
       add column on_behalf_of text, add column act_key text, add column previous_trace_id text`,
    `create index reasoning_traces_act on ${schema}.reasoning_traces (act_key)`,
    `create index reasoning_traces_behalf on ${schema}.reasoning_traces (on_behalf_of, "timestamp" desc)`,
  ],
};
