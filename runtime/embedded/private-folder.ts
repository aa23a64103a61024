/**
 * Makes folders and files that only the user of this process can use, whatever the umask. Follows no symbolic link. Closes folders
 * that an earlier release left open to other users; refuses those that cannot be closed.
 */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DataFolderUnsafeError } from './embedded-errors.ts';
import { uniqueSiblingPath } from './json-file.ts';

const folderMode = 0o700;
const fileMode = 0o600;
/** The permission bits of group and others. */
const strangers = 0o077;
const sticky = 0o1000;

/** Names that Parley creates in a data folder; any other name in an open folder shows that the folder is not Parley's to close. */
const ours =
  /^(?:lock\.\d+.*|run\.json.*|nats-server\.conf.*|ports|jetstream|postgres|store(?:\.new)?|nats-server|data)$/;

/**
 * Creates the folder if needed, then removes access for all other users.
 * @throws DataFolderUnsafeError
 */
export async function openPrivateFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  const parts = ownParts(path);
  for (const part of parts) await refuseLink(path, part);
  const first = await mkdir(path, { recursive: true, mode: folderMode });
  if (first !== undefined) {
    for (let made = path; made.length >= first.length; made = dirname(made)) await chmod(made, folderMode);
  }
  const project = parts.find((part) => basename(part) === '.parley');
  if (project !== undefined) await close(path, project);
  const { mode } = await lstat(path);
  if ((mode & strangers) === 0) return;
  await expectOurs(path, mode);
  await close(path, path);
}

/**
 * Removes access for all other users below a private folder.
 * @throws DataFolderUnsafeError
 */
export async function closeContents(folder: string, below: string = folder): Promise<void> {
  for (const entry of await readdir(below, { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isSymbolicLink()) throw new DataFolderUnsafeError(folder, `"${path}" is a symbolic link`, 'remove it');
    if (entry.isDirectory()) await ifThere(() => closeContents(folder, path));
    await ifThere(() => close(folder, path));
  }
}

/** Writes a new file, then renames it: a reader sees a whole file or none, and a link in its place is replaced. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const beside = uniqueSiblingPath(path);
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(beside, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, fileMode);
  try {
    await file.chmod(fileMode);
    await file.writeFile(text);
    await file.close();
    await rename(beside, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(beside, { force: true });
    throw error;
  }
}

/** Lists the folder with its parents below the working directory: folders above that belong to the machine. */
function ownParts(path: string): readonly string[] {
  const below = relative(process.cwd(), path);
  if (below === '' || below.startsWith('..') || resolve(below) !== path) return [path];
  const names = below.split(sep);
  return names.map((_, n) => resolve(...names.slice(0, n + 1)));
}

async function refuseLink(folder: string, part: string): Promise<void> {
  const found = await lstat(part).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isSymbolicLink() !== true) return;
  throw new DataFolderUnsafeError(folder, `"${part}" is a symbolic link`, 'name the folder itself, or remove the link');
}

async function expectOurs(path: string, mode: number): Promise<void> {
  const strange = (await readdir(path)).find((name) => !ours.test(name));
  if (strange === undefined && (mode & sticky) === 0) return;
  const what = strange === undefined ? 'is a folder for everybody' : `is open to other users and holds "${strange}"`;
  throw new DataFolderUnsafeError(
    path,
    `it ${what}`,
    `name a folder of its own below it, or close it: chmod 700 "${path}"`,
  );
}

/** Removes the rights of group and others. */
async function close(root: string, path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & strangers) === 0) return;
  try {
    await chmod(path, mode & 0o777 & ~strangers);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    const what = `"${path}" belongs to another user and is open to others`;
    throw new DataFolderUnsafeError(root, what, 'name a folder of your own, which may be below it', error);
  }
}

/** Ignores a missing file: a running server below the folder removes files meanwhile. */
async function ifThere(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
