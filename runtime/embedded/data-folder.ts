/** The folder of an embedded server: locked by the process that uses it, with a run file for others to find the server. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataFolderLockedError } from './embedded-errors.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** Where the server of a data folder listens. */
export interface RunFile {
  readonly v: 1;
  readonly owner: ProcessIdentity;
  readonly url: string;
  readonly version: string;
}

const lockOf = (folder: string): string => join(folder, 'lock');
const runFileOf = (folder: string): string => join(folder, 'run.json');

/**
 * Makes the folder if need be, and locks it until `unlockFolder`. The lock of a process that is gone is taken over.
 * @throws DataFolderLockedError
 */
export async function lockFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lock = lockOf(folder);
  for (;;) {
    try {
      await writeFile(lock, JSON.stringify(identityOf(process.pid)), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readJson<ProcessIdentity>(lock);
    if (holder !== undefined && isAlive(holder)) throw new DataFolderLockedError(folder, holder.pid);
    await setAside(lock);
  }
}

export async function unlockFolder(folder: string): Promise<void> {
  await rm(runFileOf(folder), { force: true });
  await rm(lockOf(folder), { force: true });
}

/** Written beside and renamed: a reader sees the whole of it or nothing. */
export async function writeRunFile(folder: string, url: string, version: string): Promise<void> {
  const run: RunFile = { v: 1, owner: identityOf(process.pid), url, version };
  const beside = `${runFileOf(folder)}.${process.pid}`;
  await writeFile(beside, JSON.stringify(run));
  await rename(beside, runFileOf(folder));
}

/** The server that runs with this data folder; `undefined` when none does. */
export async function readRunFile(folder: string): Promise<RunFile | undefined> {
  const run = await readJson<RunFile>(runFileOf(folder));
  return run !== undefined && isAlive(run.owner) ? run : undefined;
}

/** Of several that find the same stale lock one moves it away; the others find it gone. */
async function setAside(lock: string): Promise<void> {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    await rename(lock, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** `undefined` for a file that is not there, or that a process died writing. */
async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
