/** The port of a source of nats-server. */
import type { Clock } from '../core/clock.ts';
import type { FoundServer } from './nats-version.ts';

export interface SearchContext {
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** `.parley/nats-server`: the folder of fetched servers. */
  readonly cacheDir: string;
  /** Receives lines for display. */
  readonly say: (line: string) => void;
  /** Aborts the search, with everything that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a source failed. */
export interface Miss {
  readonly reason: string;
}

export type Answer = FoundServer | Miss;

export interface NatsSource {
  /** The name in the list of tried sources. */
  readonly name: string;
  /** True for a source that downloads: the user waits for it, so its result is reported. */
  readonly remote: boolean;
  /**
   * Searches; gives up within seconds when the source cannot be reached. A failed source is an answer, not an exception.
   * @throws NatsServerUnusableError when the user named the source, so that no other may be tried
   */
  find(context: SearchContext): Promise<Answer>;
}

export const isMiss = (answer: Answer): answer is Miss => 'reason' in answer;
