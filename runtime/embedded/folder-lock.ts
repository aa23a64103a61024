/**
 * One owner per data folder. The lock is the newest of `lock.1`, `lock.2`, ...: whoever makes the next number has it, and making
 * it is one step that only one process can take (link(2)). A lock is never removed while it is the newest, so a process that
 * slept between looking and taking finds its number taken, instead of removing the lock of somebody who was quicker.
 */
import { link, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '../core/clock.ts';
import { DataFolderLockedError } from './embedded-errors.ts';
import { besideOf, readJson, writeJson } from './json-file.ts';
import { identityOf, isAlive, type ProcessIdentity, parseIdentity } from './process-identity.ts';

/** A server whose owner was killed ends within two seconds; its successor waits for that, or both would write one store. */
const successionMs = 6_000;
const lookMs = 25;
/** Locks this much older than the newest are removed. */
const keptLocks = 8;

export interface FolderLock {
  /** Notes the server before it starts: it may outlive this process for a moment. */
  note(server: ProcessIdentity): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes the folder if need be. The lock of a process that is gone is taken over once its server is gone too.
 * @throws DataFolderLockedError
 */
export async function lockFolder(folder: string, clock: Clock): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const owner = identityOf(process.pid);
  const ours = besideOf(join(folder, 'lock'));
  await writeFile(ours, JSON.stringify({ owner }));
  try {
    for (;;) {
      const newest = await newestLock(folder);
      await waitUntilFree(folder, newest, clock);
      const number = newest + 1;
      if (!(await made(ours, lockPath(folder, number)))) continue;
      if ((await newestLock(folder)) !== number) {
        // A number so old that it had been removed: somebody else is the newest.
        await rm(lockPath(folder, number));
        continue;
      }
      await removeOld(folder, number);
      return held(lockPath(folder, number), owner);
    }
  } finally {
    await rm(ours, { force: true });
  }
}

function held(path: string, owner: ProcessIdentity): FolderLock {
  return {
    note: (server) => writeJson(path, { owner, server }),
    // An empty lock is nobody's; emptying one works on a full disk too.
    release: () => truncate(path),
  };
}

/** Returns when nobody owns the lock of that number and no server of an earlier owner is left. */
async function waitUntilFree(folder: string, number: number, clock: Clock): Promise<void> {
  const lock = await readJson(lockPath(folder, number));
  if (typeof lock !== 'object' || lock === null) return;
  const owner = 'owner' in lock ? parseIdentity(lock.owner) : undefined;
  if (owner !== undefined && isAlive(owner)) throw new DataFolderLockedError(folder, owner.pid);
  const server = 'server' in lock ? parseIdentity(lock.server) : undefined;
  if (server === undefined) return;
  for (const deadline = clock.monotonic() + successionMs; isAlive(server); await sleep(clock, lookMs)) {
    if (clock.monotonic() >= deadline) throw new DataFolderLockedError(folder, server.pid);
  }
}

/** Did this process make the file? */
async function made(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeOld(folder: string, number: number): Promise<void> {
  const old = (await lockNumbers(folder)).filter((other) => other <= number - keptLocks);
  for (const other of old) await rm(lockPath(folder, other), { force: true });
}

const lockPath = (folder: string, number: number): string => join(folder, `lock.${number}`);

const newestLock = async (folder: string): Promise<number> => Math.max(0, ...(await lockNumbers(folder)));

async function lockNumbers(folder: string): Promise<readonly number[]> {
  const found = (await readdir(folder)).map((name) => /^lock\.(\d+)$/.exec(name)?.[1]);
  return found.filter((digits) => digits !== undefined).map(Number);
}
