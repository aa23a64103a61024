/** The cache of fetched servers: `<cache>/<version>/nats-server`, filled by any number of processes at a time. */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../core/errors.ts';
import { type Answer, isMiss, type SearchContext } from './nats-source.ts';
import { compareVersions, probe } from './nats-version.ts';

const unfinished = 'fetching-';
/** Longer than all deadlines of a fetch together. */
const abandonedMs = 3_600_000;

/** Lists the binaries in the cache, newest version first. */
export async function binariesIn(cacheDir: string): Promise<readonly string[]> {
  const versions = (await entriesOf(cacheDir)).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  return versions.sort((a, b) => compareVersions(b, a)).map((version) => join(cacheDir, version, 'nats-server'));
}

/**
 * Lets `fill` put a binary into a temporary folder and test it there, then moves it into the cache in one step. Two processes that
 * fetch at the same time do not disturb each other, and a killed one leaves no half-finished entry.
 */
export async function intoCache(context: SearchContext, fill: (folder: string) => Promise<Answer>): Promise<Answer> {
  const { cacheDir } = context;
  let folder: string | undefined;
  try {
    await mkdir(cacheDir, { recursive: true });
    await sweep(context);
    folder = await mkdtemp(join(cacheDir, unfinished));
    const filled = await fill(folder);
    if (isMiss(filled)) return filled;
    const path = join(cacheDir, filled.version, 'nats-server');
    await mkdir(join(cacheDir, filled.version), { recursive: true });
    await rename(filled.path, path);
    return { path, version: filled.version };
  } catch (error) {
    return { reason: reasonOf(error) };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Tests an unpacked binary before it goes into the cache. */
export async function probeBinary(context: SearchContext, path: string): Promise<Answer> {
  const probed = await probe(context.clock, path, context.signal);
  return probed.usable ? { path: probed.path, version: probed.version } : { reason: `what came ${probed.reason}` };
}

/** Removes leftovers of processes that were killed during a fetch. It goes by age: they may have run on another machine. */
async function sweep({ cacheDir, clock }: SearchContext): Promise<void> {
  for (const name of (await entriesOf(cacheDir)).filter((entry) => entry.startsWith(unfinished))) {
    const path = join(cacheDir, name);
    const changed = await stat(path).catch(() => undefined);
    if (changed !== undefined && clock.now() - changed.mtimeMs > abandonedMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

const entriesOf = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
