/** What agents did and what came of it. */
import type { JsonObject } from '../core/json.ts';

export interface NewEpisode {
  readonly agent_id: string;
  readonly intent_id: string;
  /** Names it within its intent: the same intent and step is one episode, recorded once. */
  readonly step: string;
  readonly root_intent_id: string;
  /** Milliseconds since 1970, by the mesh's clock. */
  readonly at: number;
  readonly action_taken: string;
  readonly context: JsonObject;
  /** One sentence. */
  readonly summary: string;
  /** 0 to 1. */
  readonly confidence: number | null;
  readonly cost_usd: number | null;
}

export interface EpisodeOutcome {
  readonly outcome: string;
  readonly success: boolean;
}

export interface Episode extends NewEpisode {
  readonly episode_id: string;
  /** `null` until it is known. */
  readonly outcome: string | null;
  readonly success: boolean | null;
}

export interface RecallQuery {
  /** Episodes whose context contains all of this (JSON containment, Postgres `@>`). */
  readonly contains: JsonObject;
  /** Only those whose summary, action or outcome has these words, in any form: `scaling api -gateway "rate limit"`. */
  readonly about?: string;
  readonly agent_id?: string;
  /** Milliseconds since 1970, inclusive. */
  readonly since?: number;
  /** Exclusive. */
  readonly until?: number;
  /** Only those whose outcome is known. */
  readonly closed?: boolean;
  /** At most 1,000; 10 by default. */
  readonly limit?: number;
}

/** Postgres, or PGlite behind its socket: the same SQL. One contract: `test/contract/memory/episodic-contract.ts`. */
export interface EpisodicMemory {
  /** `postgres` or `pglite`, for people. */
  readonly store: string;
  /**
   * @returns its id; that of the first when it was recorded before
   * @throws MemoryValueError for what is no JSON. A context's -0 comes back as 0: Postgres has no other
   */
  record(episode: NewEpisode): Promise<string>;
  /** What came of it. The first answer stays. @returns whether this was the first */
  close(episodeId: string, outcome: EpisodeOutcome): Promise<boolean>;
  /** Newest first; of the same time, by id. */
  recall(query: RecallQuery): Promise<readonly Episode[]>;
}
