/** Explains why the system refuses a data folder, with the remedy. A pure function of the error. */
import { reasonOf } from '../core/errors.ts';

const another = 'name another folder with --data';
const unfit = `its file system cannot keep a lock, which is a Unix socket and a hard link; ${another}, on a local disk`;

const known: Readonly<Record<string, string>> = {
  EROFS: `it is read-only; ${another}`,
  EACCES: `this user may not use it; ${another}, or become the user whose it is`,
  ENOSPC: `no space is left on its disk; make room, or ${another}`,
  EDQUOT: `the disk quota of this user is used up; make room, or ${another}`,
  // the error of a recursive mkdir on a read-only file system
  ENOENT: `it cannot be made: the file system above it is read-only, or gone; ${another}`,
  ENOTDIR: `it, or what is above it, is no folder; ${another}`,
  EEXIST: `there is a file of that name; ${another}`,
  ENAMETOOLONG: `its path is too long; ${another}`,
  EMFILE: 'this process has too many files open; raise the limit (ulimit -n)',
  EIO: `its disk does not work; look at the system's log, or ${another}`,
  ESTALE: `its network file system has lost it; mount that again, or ${another}, on a local disk`,
  EPERM: unfit,
  ENOTSUP: unfit,
  EOPNOTSUPP: unfit,
  ENOSYS: unfit,
  EXDEV: unfit,
  EMLINK: unfit,
  EINVAL: unfit,
};

export function folderObstacle(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  const sentence = typeof code === 'string' ? known[code] : undefined;
  return sentence === undefined ? reasonOf(error) : `${reasonOf(error)}: ${sentence}`;
}
