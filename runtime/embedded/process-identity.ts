/** Identifies a process beyond its pid, which the system may reuse. */
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** The boot of the machine with the start time of the process in it; empty where the system does not provide them. */
  readonly started: string;
  /** The PID namespace of the pid: each container counts its own processes. Absent where there are no namespaces. */
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

/** Whether the pid belongs to another namespace, so that this process cannot check it. */
export const isElsewhere = ({ namespace }: ProcessIdentity): boolean =>
  namespace !== undefined && namespace !== ownNamespace();

export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: the process exists, but belongs to another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (identity.started === '') return true;
  const stat = statOf(identity.pid);
  return stat !== undefined && !stat.ended && `${boot()}/${stat.started}` === identity.started;
}

/** Parses an untrusted value. Pids below 1 are refused: to the system they mean whole process groups. */
export function parseIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined;
  const { pid, started, namespace } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || typeof started !== 'string') return undefined;
  return { pid, started, ...(typeof namespace === 'string' ? { namespace } : {}) };
}

export interface ProcessStat {
  /** True for a zombie: ended, but its parent has not read its exit code. */
  readonly ended: boolean;
  /** The start time in ticks since boot. */
  readonly started: string;
}

/** Parses fields 3 and 22 of `/proc/<pid>/stat` (proc(5)); the second field is a name that may contain blanks and brackets. */
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

/** The boot id: a machine starts the same programs at about the same tick of each boot. */
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
