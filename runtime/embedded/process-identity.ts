/** Whether a process that was noted down still lives, and is not another one under the same number. */
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Which boot of the machine, and when in it the kernel started the process; empty where the system does not tell. */
  readonly started: string;
  /** In which PID namespace it has its number: containers count processes each for themselves. Absent where there are none. */
  readonly namespace?: string;
}

export function identityOf(pid: number): ProcessIdentity {
  const stat = statOf(pid);
  const namespace = ownNamespace();
  return {
    pid,
    started: stat === undefined ? '' : `${boot()}/${stat.started}`,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Can this process know anything of that one by its number? */
export const isElsewhere = ({ namespace }: ProcessIdentity): boolean =>
  namespace !== undefined && namespace !== ownNamespace();

export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // It is somebody else's, but it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (identity.started === '') return true;
  const stat = statOf(identity.pid);
  return stat !== undefined && !stat.ended && `${boot()}/${stat.started}` === identity.started;
}

/** From a file that anybody may have written. Numbers below 1 mean whole groups of processes to the system. */
export function parseIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined;
  const { pid, started, namespace } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || typeof started !== 'string') return undefined;
  return { pid, started, ...(typeof namespace === 'string' ? { namespace } : {}) };
}

export interface ProcessStat {
  /** Dead, but whoever started it has not asked how it ended. */
  readonly ended: boolean;
  /** Ticks since boot. */
  readonly started: string;
}

/** Fields 3 and 22 of `/proc/<pid>/stat` (proc(5)); the second field is a name that may itself hold blanks and brackets. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  if (state === undefined || started === undefined) return undefined;
  return { ended: state === 'Z' || state === 'X', started };
}

function statOf(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** A machine that boots starts the same programs at much the same tick. */
const boot = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

function ownNamespace(): string | undefined {
  try {
    return `${boot()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
