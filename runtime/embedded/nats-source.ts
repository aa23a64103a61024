/** A place that a nats-server may come from. */
import type { Clock } from '../core/clock.ts';
import type { FoundServer } from './nats-version.ts';

export interface SearchContext {
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** `.parley/nats-server`: where what is fetched stays. */
  readonly cacheDir: string;
  /** For people who wait. */
  readonly say: (line: string) => void;
  /** Gives up the search: what it has begun ends at once. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a place was of no use. */
export interface Miss {
  readonly reason: string;
}

export type Answer = FoundServer | Miss;

export interface NatsSource {
  /** As it stands in the list of what was tried. */
  readonly name: string;
  /** Fetches from elsewhere: people wait for it, and are told how it went. */
  readonly remote: boolean;
  /**
   * Gives up within seconds what cannot be reached. A place that is of no use is an answer, not an exception.
   * @throws NatsServerUnusableError when the place was chosen by name, and nothing else may be tried
   */
  find(context: SearchContext): Promise<Answer>;
}

export const isMiss = (answer: Answer): answer is Miss => 'reason' in answer;
