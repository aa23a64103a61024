/** A place that a nats-server may come from. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { probe } from './nats-version.ts';

export interface FetchContext {
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  /** `.parley/nats-server`: where what is fetched stays. */
  readonly cacheDir: string;
  /** For people who wait. */
  readonly say: (line: string) => void;
}

export type Fetched = { readonly path: string } | { readonly reason: string };

export interface NatsSource {
  readonly name: string;
  /** Never rejects; gives up within seconds what cannot be reached. */
  fetch(context: FetchContext): Promise<Fetched>;
}

export const binaryIn = (cacheDir: string): string => join(cacheDir, 'nats-server');

/**
 * Lets `fill` put a binary into a folder of its own, tries it, and moves it into the cache in one step: two processes that
 * fetch at the same time do not disturb each other, and one that is killed leaves nothing half done.
 */
export async function intoCache(context: FetchContext, fill: (folder: string) => Promise<Fetched>): Promise<Fetched> {
  await mkdir(context.cacheDir, { recursive: true });
  const folder = await mkdtemp(join(context.cacheDir, 'fetching-'));
  try {
    const filled = await fill(folder);
    if ('reason' in filled) return filled;
    const probed = await probe(context.clock, filled.path);
    if (!probed.usable) return { reason: `what came ${probed.reason}` };
    const path = binaryIn(context.cacheDir);
    await rename(filled.path, path);
    return { path };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
