/** Episodes in Postgres, or in PGlite behind its socket. */
import { createHash } from 'node:crypto';
import { InvalidOptionError } from '../../core/errors.ts';
import { checkOptions, namesOf } from '../../core/options.ts';
import { type Database, keepJson, keepText, restoreJson, restoreText, type SqlValue } from '../../database/index.ts';
import type { Episode, EpisodeOutcome, EpisodicMemory, NewEpisode, RecallQuery } from '../episodic-memory.ts';
import { checkExact } from '../exact-json.ts';

const limits = { usual: 10, most: 1_000 } as const;

const columns = `episode_id, agent_id, intent_id, root_intent_id, step, action_taken, context, summary, confidence, cost_usd,
  outcome, success, round(extract(epoch from "timestamp") * 1000)::float8 as at`;

export class PostgresEpisodes implements EpisodicMemory {
  readonly store: string;
  readonly #database: Database;
  readonly #table: string;

  /** @param database must stay open while this is used; its opener closes it */
  constructor(database: Database) {
    this.store = database.kind;
    this.#database = database;
    this.#table = `${database.schema}.episodes`;
  }

  async record(episode: NewEpisode): Promise<string> {
    const { agent_id, intent_id, root_intent_id, step, at, action_taken, context, summary } = episode;
    const id = idOf(episode);
    checkEpisode(episode);
    await this.#database.query(
      `insert into ${this.#table}
         (episode_id, agent_id, intent_id, root_intent_id, step, "timestamp", action_taken, context, summary, confidence,
          cost_usd)
       values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), $7, $8::jsonb, $9, $10, $11)
       on conflict do nothing`,
      [
        id,
        agent_id,
        intent_id,
        root_intent_id,
        keepText(step),
        at,
        keepText(action_taken),
        keepJson(context),
        keepText(summary),
        episode.confidence,
        episode.cost_usd,
      ],
    );
    return id;
  }

  async close(episodeId: string, { outcome, success }: EpisodeOutcome): Promise<boolean> {
    const closed = await this.#database.query(
      `update ${this.#table} set outcome = $2, success = $3 where episode_id = $1 and outcome is null returning episode_id`,
      [keepText(episodeId), keepText(outcome), success],
    );
    return closed.length === 1;
  }

  async recall(query: RecallQuery): Promise<readonly Episode[]> {
    checkOptions('recall', query, queryNames);
    const { conditions, values } = conditionsOf(query);
    const found = await this.#database.query<Episode>(
      `select ${columns} from ${this.#table} where ${conditions.join(' and ')}
       order by "timestamp" desc, episode_id limit ${limitOf(query)}`,
      values,
    );
    return found.map(restored);
  }
}

/** Checks the values of an episode. @throws MemoryValueError for a value that would come back changed */
function checkEpisode({ context, confidence, cost_usd, at }: NewEpisode): void {
  const memory = 'episodic memory';
  for (const [name, value] of Object.entries({ context, confidence, cost_usd, at }))
    checkExact(memory, value, `.${name}`);
}

function restored(episode: Episode): Episode {
  const { step, action_taken, summary, outcome, context } = episode;
  return {
    ...episode,
    step: restoreText(step),
    action_taken: restoreText(action_taken),
    summary: restoreText(summary),
    outcome: outcome === null ? null : restoreText(outcome),
    context: restoreJson(context),
  };
}

/** Derives the id of an episode. A broadcast is one intent for several agents: each agent has its own episodes. */
function idOf({ agent_id, intent_id, step }: NewEpisode): string {
  // accepts any text as a step: canonical JSON refuses a lone surrogate
  const text = JSON.stringify([agent_id, intent_id, step]);
  return `episode_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

interface Conditions {
  readonly conditions: readonly string[];
  readonly values: readonly SqlValue[];
}

const queryNames = namesOf<RecallQuery>({
  contains: true,
  about: true,
  agent_id: true,
  since: true,
  until: true,
  closed: true,
  limit: true,
});

function conditionsOf({ contains, about, agent_id, since, until, closed }: RecallQuery): Conditions {
  const conditions = ['context @> $1::jsonb'];
  const values: SqlValue[] = [keepJson(contains)];
  const where = (condition: (parameter: string) => string, value: SqlValue | undefined): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where((words) => `words @@ websearch_to_tsquery('english', ${words})`, about && keepText(about));
  where((agent) => `agent_id = ${agent}`, agent_id);
  where((from) => `"timestamp" >= to_timestamp(${from}::float8 / 1000)`, since);
  where((to) => `"timestamp" < to_timestamp(${to}::float8 / 1000)`, until);
  if (closed === true) conditions.push('outcome is not null');
  return { conditions, values };
}

function limitOf({ limit = limits.usual }: RecallQuery): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= limits.most) return limit;
  throw new InvalidOptionError('limit', `a whole number from 1 to ${limits.most}`, limit);
}
