/** Gives a command the PGlite of a data folder: the one that runs already, or one that it runs itself until it ends. */
import { existsSync } from 'node:fs';
import { type Clock, sleep, systemClock } from '../core/clock.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { DataFolderLockedError } from './embedded-errors.ts';
import { pgliteFolder, startPglite, storeIn } from './pglite.ts';
import { readRunFile } from './run-file.ts';

export interface ReachedPglite extends AsyncDisposable {
  readonly url: ServiceUrl;
  readonly describe: string;
}

/** The process that holds the folder soon writes where it listens, or is a command that soon ends. */
const patienceMs = 15_000;
const lookMs = 50;

/** `undefined`: nothing was ever stored there. @throws PgliteStartError, DataFolderLockedError */
export async function reachPglite(dataDir: string, clock: Clock = systemClock): Promise<ReachedPglite | undefined> {
  const folder = pgliteFolder(dataDir);
  for (const deadline = clock.monotonic() + patienceMs; ; await sleep(clock, lookMs)) {
    const running = await readRunFile(folder);
    if (running !== undefined) {
      return { url: running.url, describe: `"${folder}" (PGlite)`, [Symbol.asyncDispose]: async () => undefined };
    }
    if (!existsSync(storeIn(folder))) return undefined;
    try {
      return await startPglite({ dataDir, clock, announce: false, patienceMs: 0 });
    } catch (error) {
      if (!(error instanceof DataFolderLockedError) || clock.monotonic() >= deadline) throw error;
    }
  }
}
