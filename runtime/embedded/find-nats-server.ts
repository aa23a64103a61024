/** Finds a nats-server, or fetches one: a table of places, tried in order, each failure kept for the one error at the end. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import { debianSource } from './debian-source.ts';
import { type Attempt, NatsServerNotFoundError, NatsServerUnusableError } from './embedded-errors.ts';
import { goSource } from './go-source.ts';
import { binaryIn, type FetchContext, type NatsSource } from './nats-source.ts';
import { probe } from './nats-version.ts';
import { releaseSource } from './release-source.ts';

export interface FindOptions {
  /** The project's folder for what is fetched. */
  readonly parleyDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** For people who wait. */
  readonly say?: (line: string) => void;
  /** What is tried when none is found on the machine. */
  readonly sources?: readonly NatsSource[];
}

export interface FoundServer {
  readonly path: string;
  readonly version: string;
}

const defaultSources: readonly NatsSource[] = [releaseSource(), debianSource, goSource];

/**
 * `PARLEY_NATS_SERVER`, then PATH, then the cache, then the official release, Debian's archive and `go install`.
 * @throws NatsServerUnusableError for the variable; NatsServerNotFoundError when nothing helped
 */
export async function findNatsServer(options: FindOptions = {}): Promise<FoundServer> {
  const { env = process.env, clock = systemClock, say = () => undefined, sources = defaultSources } = options;
  const cacheDir = resolve(options.parleyDir ?? '.parley', 'nats-server');
  const attempts: Attempt[] = [];

  const named = env.PARLEY_NATS_SERVER;
  if (named !== undefined && named !== '') {
    const probed = await probe(clock, named);
    if (!probed.usable) throw new NatsServerUnusableError(named, probed.reason);
    return probed;
  }
  for (const path of onPath(env)) {
    const probed = await probe(clock, path);
    if (probed.usable) return probed;
    say(`nats-server: ${path} on PATH ${probed.reason}: passed over`);
    attempts.push({ source: 'PATH', reason: `${path} ${probed.reason}` });
  }
  if (attempts.length === 0) attempts.push({ source: 'PATH', reason: 'none there' });
  const cached = await probe(clock, binaryIn(cacheDir));
  if (cached.usable) return cached;

  const context: FetchContext = { clock, env, cacheDir, say };
  for (const source of sources) {
    const fetched = await source.fetch(context);
    if ('path' in fetched) {
      const probed = await probe(clock, fetched.path);
      if (probed.usable) return probed;
    }
    const reason = 'reason' in fetched ? fetched.reason : 'what came cannot be run';
    say(`nats-server: ${source.name}: ${reason}`);
    attempts.push({ source: source.name, reason });
  }
  throw new NatsServerNotFoundError(attempts);
}

function onPath(env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'nats-server')).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
