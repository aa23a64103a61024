/** `run.json` in a data folder: where its server listens, for the command line in the same project. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';
import { isAlive, type ProcessIdentity, parseIdentity } from './process-identity.ts';

export interface RunFile {
  readonly v: 1;
  /** Of nats-server. */
  readonly pid: number;
  /** The process that runs it. */
  readonly owner: ProcessIdentity;
  readonly url: string;
  readonly version: string;
  readonly mesh?: string;
}

const runFileIn = (dataDir: string): string => join(dataDir, 'run.json');

export const writeRunFile = (dataDir: string, run: RunFile): Promise<void> => writeJson(runFileIn(dataDir), run);

export const removeRunFile = (dataDir: string): Promise<void> => rm(runFileIn(dataDir), { force: true });

/** The server that runs with this data folder; `undefined` when none does, or its owner was killed and left the file. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  const run = parseRunFile(await readJson(runFileIn(dataDir)));
  return run !== undefined && isAlive(run.owner) ? run : undefined;
}

function parseRunFile(value: unknown): RunFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, pid, owner: written, url, version, mesh } = value as Readonly<Record<string, unknown>>;
  const owner = parseIdentity(written);
  if (v !== 1 || owner === undefined) return undefined;
  if (typeof pid !== 'number' || typeof url !== 'string' || typeof version !== 'string') return undefined;
  return { v, pid, owner, url, version, ...(typeof mesh === 'string' ? { mesh } : {}) };
}
