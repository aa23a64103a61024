/** Finds servers on this machine: the one that the environment names, those on PATH, those fetched before. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { NatsServerUnusableError } from './embedded-errors.ts';
import type { NatsSource } from './nats-source.ts';
import { type FoundServer, probe } from './nats-version.ts';
import { binariesIn } from './server-cache.ts';

export const environmentSource: NatsSource = {
  name: 'PARLEY_NATS_SERVER',
  remote: false,
  async find({ clock, env, signal }) {
    const named = env.PARLEY_NATS_SERVER;
    if (named === undefined || named === '') return { reason: 'not set' };
    const probed = await probe(clock, named, signal);
    signal?.throwIfAborted();
    if (!probed.usable) throw new NatsServerUnusableError(named, probed.reason);
    return found(probed);
  },
};

/** The first server that is new enough. Reports those that it skips, to explain the choice to an operator. */
export const pathSource: NatsSource = {
  name: 'PATH',
  remote: false,
  async find({ clock, env, say, signal }) {
    const reasons: string[] = [];
    for (const path of executablesOn(env.PATH ?? '')) {
      const probed = await probe(clock, path, signal);
      if (probed.usable) return found(probed);
      signal?.throwIfAborted();
      say(`nats-server: ${path} on PATH ${probed.reason}: passed over`);
      reasons.push(`${path} ${probed.reason}`);
    }
    return { reason: reasons.join('; ') || 'none there' };
  },
};

/** The newest fetched server that still runs. */
export const cacheSource: NatsSource = {
  name: 'fetched before',
  remote: false,
  async find({ clock, cacheDir, signal }) {
    const reasons: string[] = [];
    for (const path of await binariesIn(cacheDir)) {
      const probed = await probe(clock, path, signal);
      if (probed.usable) return found(probed);
      reasons.push(`${path} ${probed.reason}`);
    }
    return { reason: reasons.join('; ') || `nothing in ${cacheDir}` };
  },
};

const found = ({ path, version }: FoundServer): FoundServer => ({ path, version });

/** Lists executables. Skips relative folders on PATH: they mean another place in every working directory. */
function executablesOn(path: string): readonly string[] {
  const folders = new Set(path.split(delimiter).filter(isAbsolute));
  return [...folders].map((folder) => join(folder, 'nats-server')).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
