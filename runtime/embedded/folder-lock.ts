/**
 * Ensures one owner per data folder. The lock is the newest of `lock.1`, `lock.2`, ...: the process that creates the next number
 * owns it, and creating it is one atomic step (link(2)). A lock is never removed while it is the newest. A process that slept
 * between looking and taking thus finds its number taken, instead of removing the lock of a faster process.
 *
 * A lock is a Unix socket that its owner listens on, so the kernel tells whether the owner lives: connecting works while it does,
 * also for processes of other containers, which cannot use the owner's pid. Once the owner is gone, however it ended, the kernel
 * refuses the connection. The server of the owner inherits the socket, so that a lock is free when both are gone. Two machines that
 * share a folder over a network do not see each other's sockets: a data folder is for one machine.
 */
import { constants } from 'node:fs';
import { access, chmod, type FileHandle, link, lstat, open, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep } from '../core/clock.ts';
import { DataFolderLockedError } from './embedded-errors.ts';
import { readJson, uniqueSiblingPath } from './json-file.ts';
import { closeContents, openPrivateFolder } from './private-folder.ts';
import { isAlive, parseIdentity } from './process-identity.ts';

/** A server whose owner was killed ends within two seconds; its successor waits for that, or both would write to one store. */
const successionMs = 6_000;
const lookMs = 25;
/** Locks this much older than the newest are removed. */
const keptLocks = 8;
/** The length of a Unix socket address on every system, without its closing zero; Linux has four more. */
const longestPath = 103;

export interface FolderLock {
  /** The descriptor of the lock: a child that inherits it holds the folder too. */
  readonly descriptor: number;
  release(): Promise<void>;
}

/**
 * Creates the folder if needed, then locks it. Takes over the lock of a dead process once its server is gone too.
 * @param signal aborts the wait for that
 * @throws DataFolderLockedError, DataFolderUnsafeError; an error of the system (`folder-obstacle.ts`); the signal's reason
 */
export async function lockFolder(folder: string, clock: Clock, signal?: AbortSignal): Promise<FolderLock> {
  await openPrivateFolder(folder);
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const ours = uniqueSiblingPath('lock');
  let server: Server | undefined;
  try {
    const sockets = await socketFolder(folder, handle);
    server = await listenAt(join(sockets, ours));
    await chmod(join(folder, ours), 0o600);
    await takeNext(folder, sockets, ours, { clock, signal });
    await closeContents(folder);
    return held(server);
  } catch (error) {
    server?.close();
    throw error;
  } finally {
    await rm(join(folder, ours), { force: true });
    await handle.close();
  }
}

/** Whether a process, or the server that it left behind, holds the folder. */
export async function isFolderHeld(folder: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  try {
    const newest = lockName(await newestLock(folder));
    const found = await lstat(join(folder, newest)).catch(() => undefined);
    if (found?.isSocket() !== true) return false;
    const line = await lineTo(join(await socketFolder(folder, handle), newest));
    line?.hangUp();
    return line !== undefined;
  } finally {
    await handle.close();
  }
}

async function takeNext(folder: string, sockets: string, ours: string, waiting: Waiting): Promise<void> {
  for (;;) {
    const newest = await newestLock(folder);
    await waitUntilFree(folder, sockets, lockName(newest), waiting);
    const number = newest + 1;
    const path = join(folder, lockName(number));
    if (!(await made(join(folder, ours), path))) continue;
    if ((await newestLock(folder)) === number) return removeOld(folder, number);
    // this number is so old that it was already removed: another process owns the newest
    await rm(path);
  }
}

function held(server: Server): FolderLock {
  // Node offers no descriptor of a server; its handle does, on every system with Unix sockets
  const { _handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  let released: Promise<void> | undefined;
  return {
    descriptor: _handle.fd,
    release: () => {
      released ??= new Promise((resolve) => server.close(() => resolve()));
      return released;
    },
  };
}

interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Returns when the lock has no owner and no server of an earlier owner is left. */
async function waitUntilFree(folder: string, sockets: string, name: string, waiting: Waiting): Promise<void> {
  const { clock, signal } = waiting;
  const found = await lstat(join(folder, name)).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) return waitForEarlier(folder, name, waiting);
  const line = await lineTo(join(sockets, name));
  if (line === undefined) return;
  const deadline = clock.after(successionMs, line.hangUp);
  signal?.addEventListener('abort', line.hangUp, { once: true });
  try {
    const owner = await line.answer;
    signal?.throwIfAborted();
    if (owner !== undefined) throw new DataFolderLockedError(folder, owner);
  } finally {
    deadline.cancel();
    signal?.removeEventListener('abort', line.hangUp);
    line.hangUp();
  }
  const again = await lineTo(join(sockets, name));
  again?.hangUp();
  if (again !== undefined) throw new DataFolderLockedError(folder);
}

interface Line {
  /** Resolves to the pid that the owner reports; `undefined` when it reports none before the line ends. */
  readonly answer: Promise<number | undefined>;
  readonly hangUp: () => void;
}

/** Connects to the owner of a lock; resolves to `undefined` when the kernel finds no owner. */
function lineTo(path: string): Promise<Line | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let said = '';
    let isConnected = false;
    const answer = new Promise<number | undefined>((settle) => {
      socket.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes('\n')) settle(Number.parseInt(said, 10) || undefined);
      });
      socket.on('close', () => settle(undefined));
    });
    socket.on('connect', () => {
      isConnected = true;
      resolve({ answer, hangUp: () => void socket.destroy() });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isConnected || ['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(error.code ?? '')) return resolve(undefined);
      // the owner lives: so many processes are waiting that the kernel accepts no more
      if (error.code === 'EAGAIN') return resolve({ answer: Promise.resolve(undefined), hangUp: () => undefined });
      reject(error);
    });
  });
}

/** Waits for a lock of the previous release: a file that names a process with its server. */
async function waitForEarlier(folder: string, name: string, { clock, signal }: Waiting): Promise<void> {
  const lock = await readJson(join(folder, name));
  if (typeof lock !== 'object' || lock === null) return;
  const owner = 'owner' in lock ? parseIdentity(lock.owner) : undefined;
  if (owner !== undefined && isAlive(owner)) throw new DataFolderLockedError(folder, owner.pid);
  const server = 'server' in lock ? parseIdentity(lock.server) : undefined;
  if (server === undefined) return;
  for (const deadline = clock.monotonic() + successionMs; isAlive(server); await sleep(clock, lookMs, signal)) {
    if (clock.monotonic() >= deadline) throw new DataFolderLockedError(folder, server.pid);
  }
}

function listenAt(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.unref();
    socket.end(`${process.pid}\n`);
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Returns a short path of the folder for socket addresses, which are limited in length; an open folder has such a path. */
async function socketFolder(folder: string, handle: FileHandle): Promise<string> {
  const short = `/proc/self/fd/${handle.fd}`;
  const isThere = await access(short).then(
    () => true,
    () => false,
  );
  if (isThere) return short;
  if (Buffer.byteLength(join(folder, uniqueSiblingPath('lock'))) <= longestPath) return folder;
  const length = Buffer.byteLength(folder);
  throw new Error(
    `its path is too long for a Unix socket on this system (${length} bytes); name a shorter one with --data`,
  );
}

/** Links the file. @returns whether this process created it */
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
  for (const other of old) await rm(join(folder, lockName(other)), { force: true });
}

const lockName = (number: number): string => `lock.${number}`;

async function newestLock(folder: string): Promise<number> {
  return (await lockNumbers(folder)).reduce((newest, number) => Math.max(newest, number), 0);
}

async function lockNumbers(folder: string): Promise<readonly number[]> {
  const found = (await readdir(folder)).map((name) => /^lock\.(\d+)$/.exec(name)?.[1]);
  return found.filter((digits) => digits !== undefined).map(Number);
}
