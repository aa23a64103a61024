/** Reads CPU time and memory of this process, or of another by its pid: Linux has them in /proc, elsewhere they are unknown. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Returns microseconds of CPU, user plus system, since the process started. */
export interface CpuTime {
  readonly node: number;
  readonly server: number | undefined;
}

export function cpuTime(serverPid: number): CpuTime {
  const { user, system } = process.cpuUsage();
  return { node: user + system, server: cpuOf(serverPid) };
}

export function cpuBetween(before: CpuTime, after: CpuTime): CpuTime {
  const known = before.server !== undefined && after.server !== undefined;
  return { node: after.node - before.node, server: known ? after.server - before.server : undefined };
}

/** Returns the resident memory in bytes. */
export function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Reads `utime` and `stime` (proc_pid_stat(5), fields 14 and 15), counted after the name, which may contain spaces. */
function cpuOf(pid: number): number | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond();
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'latin1' })) || 100;
  return ticks;
}
