/** The memory of past actions with their outcomes. */
import type { JsonObject } from '../core/json.ts';

export interface NewEpisode {
  readonly agent_id: string;
  readonly intent_id: string;
  /** Names the episode within its intent: one intent and step is one episode, recorded once. */
  readonly step: string;
  readonly root_intent_id: string;
  /** Milliseconds since 1970, by the clock of the mesh. */
  readonly at: number;
  readonly action_taken: string;
  readonly context: JsonObject;
  /** One sentence. */
  readonly summary: string;
  /** From 0 to 1. */
  readonly confidence: number | null;
  readonly cost_usd: number | null;
}

export interface EpisodeOutcome {
  readonly outcome: string;
  readonly success: boolean;
}

export interface Episode extends NewEpisode {
  readonly episode_id: string;
  /** `null` until the outcome is known. */
  readonly outcome: string | null;
  readonly success: boolean | null;
}

export interface RecallQuery {
  /** Only episodes whose context contains all of this (JSON containment, Postgres `@>`). */
  readonly contains: JsonObject;
  /** Only episodes whose summary, action or outcome has these words, in any form: `scaling api -gateway "rate limit"`. */
  readonly about?: string;
  readonly agent_id?: string;
  /** Milliseconds since 1970, inclusive. */
  readonly since?: number;
  /** Milliseconds since 1970, exclusive. */
  readonly until?: number;
  /** Only episodes whose outcome is known. */
  readonly closed?: boolean;
  /** At most 1,000; 10 by default. */
  readonly limit?: number;
}

/** Implemented by Postgres, or PGlite behind its socket: the same SQL. Contract: `test/contract/memory/episodic-contract.ts`. */
export interface EpisodicMemory {
  /** `postgres` or `pglite`, for display. */
  readonly store: string;
  /**
   * Records an episode once.
   * @returns its id; the id of the first when it was recorded before
   * @throws MemoryValueError for a value that is not JSON. A -0 in a context comes back as 0: Postgres has no -0
   */
  record(episode: NewEpisode): Promise<string>;
  /** Records the outcome. The first outcome stays. @returns whether this was the first */
  close(episodeId: string, outcome: EpisodeOutcome): Promise<boolean>;
  /** Returns episodes newest first; those of the same time are ordered by id. */
  recall(query: RecallQuery): Promise<readonly Episode[]>;
}
