/** Finds or fetches a nats-server: tries a table of sources in order, collects each failure for one error at the end. */
import { resolve } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { debianSource } from './debian-source.ts';
import { type Attempt, NatsServerNotFoundError } from './embedded-errors.ts';
import { goSource } from './go-source.ts';
import { cacheSource, environmentSource, pathSource } from './local-sources.ts';
import { isMiss, type NatsSource, type SearchContext } from './nats-source.ts';
import type { FoundServer } from './nats-version.ts';
import { releaseSource } from './release-source.ts';

export interface FindOptions {
  /** The project's folder for fetched files. Default: `.parley` in the working directory. */
  readonly parleyDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Receives a line for display when something is fetched, skipped or fails. */
  readonly say?: (line: string) => void;
  /** Aborts the search, with the programs and downloads that it has started. */
  readonly signal?: AbortSignal | undefined;
  /** The sources, in the order in which they are tried. */
  readonly sources?: readonly NatsSource[];
}

const optionNames = namesOf<FindOptions>({
  parleyDir: true,
  env: true,
  clock: true,
  say: true,
  signal: true,
  sources: true,
});

/** The sources that need no network. */
export const localSources: readonly NatsSource[] = Object.freeze([environmentSource, pathSource, cacheSource]);

const everywhere: readonly NatsSource[] = Object.freeze([...localSources, releaseSource(), debianSource(), goSource()]);

/**
 * Tries `PARLEY_NATS_SERVER`, PATH, servers fetched before, the official release, Debian's archive, then `go install`. Returns the
 * first server that has version 2.12 or newer and runs here.
 * @throws NatsServerUnusableError for the variable; NatsServerNotFoundError when all sources failed; the signal's reason
 */
export async function findNatsServer(options: FindOptions = {}): Promise<FoundServer> {
  checkOptions('findNatsServer', options, optionNames);
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
