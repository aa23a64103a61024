/** Reads the version of a nats-server; decides whether it is new enough. */
import type { Clock } from '../core/clock.ts';
import { failureText, runCommand } from './run-command.ts';

/** Older ones lose a message whose refused publish is repeated. */
export const oldestVersion = '2.12.0';

const askMs = 5_000;

/** Parses `2.15.1` from `nats-server: v2.15.1`; `undefined` for any other text. */
export function parseVersion(said: string): string | undefined {
  return /^nats-server: v?(\d+\.\d+\.\d+)/m.exec(said)?.[1];
}

/** Compares versions number by number, so that 2.9 is older than 2.12. Negative when `a` is older, 0 when equal. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether `version` is at least `oldest`. */
export const isAtLeast = (version: string, oldest: string): boolean => compareVersions(version, oldest) >= 0;

/** A nats-server that runs here and is new enough. */
export interface FoundServer {
  readonly path: string;
  readonly version: string;
}

export type Probe =
  | ({ readonly usable: true } & FoundServer)
  /** The reason continues a sentence that starts with "it". */
  | { readonly usable: false; readonly reason: string };

/** Runs the file to find its version: this also detects a binary for another libc or processor. */
export async function probe(clock: Clock, path: string, signal?: AbortSignal): Promise<Probe> {
  const ran = await runCommand(clock, path, ['--version'], { deadlineMs: askMs, signal });
  if (ran.missing) return { usable: false, reason: 'is not there' };
  const version = parseVersion(ran.stdout);
  if (version === undefined) return { usable: false, reason: `is no nats-server that runs here (${failureText(ran)})` };
  if (isAtLeast(version, oldestVersion)) return { usable: true, path, version };
  return { usable: false, reason: `is version ${version}, and ${oldestVersion} is the oldest that can be used` };
}

const numbers = (version: string): readonly number[] => version.split('.').map(Number);
