/** Creates the article's table of actions with their outcomes, plus the columns that recall needs. */
import type { Migration } from '../migrate.ts';

export const episodes: Migration = {
  name: 'episodes',
  sql: (schema) => [
    `create table ${schema}.episodes (
       episode_id text primary key,
       agent_id text not null,
       intent_id text not null,
       root_intent_id text not null,
       step text not null,
       "timestamp" timestamptz not null,
       action_taken text not null,
       context jsonb not null,
       summary text not null,
       confidence double precision,
       cost_usd double precision,
       outcome text,
       success boolean,
       -- a word list is at most 1 MiB
       words tsvector generated always as (
         to_tsvector('english', left(summary, 50000) || ' ' || left(action_taken, 50000) || ' ' ||
           left(coalesce(outcome, ''), 50000))
       ) stored,
       unique (intent_id, agent_id, step)
     )`,
    `create index episodes_context on ${schema}.episodes using gin (context jsonb_path_ops)`,
    `create index episodes_words on ${schema}.episodes using gin (words)`,
    `create index episodes_timestamp on ${schema}.episodes ("timestamp" desc)`,
    `create index episodes_root on ${schema}.episodes (root_intent_id)`,
  ],
};
