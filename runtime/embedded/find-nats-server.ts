/** Finds a nats-server, or fetches one: a table of places, tried in order, each failure kept for the one error at the end. */
import { resolve } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import { debianSource } from './debian-source.ts';
import { type Attempt, NatsServerNotFoundError } from './embedded-errors.ts';
import { goSource } from './go-source.ts';
import { cacheSource, environmentSource, pathSource } from './local-sources.ts';
import { isMiss, type NatsSource, type SearchContext } from './nats-source.ts';
import type { FoundServer } from './nats-version.ts';
import { releaseSource } from './release-source.ts';

export interface FindOptions {
  /** The project's folder for what is fetched. Default: `.parley` in the working directory. */
  readonly parleyDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** For people who wait: a line when something is fetched, passed over or fails. */
  readonly say?: (line: string) => void;
  /** Gives up the search, and ends the programs and downloads that it has begun. */
  readonly signal?: AbortSignal | undefined;
  /** The places, in the order in which they are tried. */
  readonly sources?: readonly NatsSource[];
}

/** What needs no network. */
export const localSources: readonly NatsSource[] = Object.freeze([environmentSource, pathSource, cacheSource]);

const everywhere: readonly NatsSource[] = Object.freeze([...localSources, releaseSource(), debianSource(), goSource()]);

/**
 * `PARLEY_NATS_SERVER`, then PATH, then what was fetched before, then the official release, Debian's archive and
 * `go install`: the first that is 2.12 or newer and runs here.
 * @throws NatsServerUnusableError for the variable; NatsServerNotFoundError when nothing helped; the signal's reason
 */
export async function findNatsServer(options: FindOptions = {}): Promise<FoundServer> {
  const { env = process.env, clock = systemClock, say = () => undefined, sources = everywhere, signal } = options;
  const context: SearchContext = {
    clock,
    env,
    say,
    signal,
    cacheDir: resolve(options.parleyDir ?? '.parley', 'nats-server'),
  };
  const attempts: Attempt[] = [];
  for (const source of sources) {
    const answer = await source.find(context);
    signal?.throwIfAborted();
    if (!isMiss(answer)) {
      if (source.remote) say(`nats-server: ${answer.version} is in ${answer.path}`);
      return answer;
    }
    if (source.remote) say(`nats-server: ${source.name}: ${answer.reason}`);
    attempts.push({ source: source.name, reason: answer.reason });
  }
  throw new NatsServerNotFoundError(attempts);
}
