/** Which nats-server a file is, and whether it is new enough. */
import type { Clock } from '../core/clock.ts';
import { complaint, runCommand } from './run-command.ts';

/** Older ones lose a message whose refused publish is repeated. */
export const oldestVersion = '2.12.0';

const askMs = 5_000;

/** `2.15.1` from `nats-server: v2.15.1`; `undefined` if it says something else. */
export function parseVersion(said: string): string | undefined {
  return /nats-server: v?(\d+\.\d+\.\d+)/.exec(said)?.[1];
}

/** Is `version` as new as `oldest`, number by number? */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [numbers(version), numbers(oldest)];
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export type Probe =
  | { readonly usable: true; readonly path: string; readonly version: string }
  | { readonly usable: false; readonly path: string; readonly reason: string };

/** Runs the file to see what it is: a binary for another libc or processor is found out here. */
export async function probe(clock: Clock, path: string): Promise<Probe> {
  const ran = await runCommand(clock, path, ['--version'], { deadlineMs: askMs });
  const version = parseVersion(ran.stdout);
  if (version === undefined)
    return { usable: false, path, reason: `is no nats-server that runs here (${complaint(ran)})` };
  if (isAtLeast(version, oldestVersion)) return { usable: true, path, version };
  return { usable: false, path, reason: `is version ${version}, and ${oldestVersion} is the oldest that can be used` };
}

const numbers = (version: string): readonly number[] => version.split('.').map(Number);
