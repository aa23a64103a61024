/** `run.json` in a data folder: the address and password of its server, for the command line in the same project. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, systemRandom } from '../core/random.ts';
import { readServiceUrl, ServiceUrl, ServiceUrlError, type UrlRules } from '../core/service-url.ts';
import { DataFolderUnusableError } from './embedded-errors.ts';
import { isFolderHeld } from './folder-lock.ts';
import { folderObstacle } from './folder-obstacle.ts';
import { readJson } from './json-file.ts';
import { writePrivateFile } from './private-folder.ts';
import { isAlive, isElsewhere, type ProcessIdentity, parseIdentity } from './process-identity.ts';

export interface RunFile {
  readonly v: 1;
  /** The pid of nats-server. */
  readonly pid: number;
  /** The process that runs the server. */
  readonly owner: ProcessIdentity;
  /** Contains user and password, but does not show them. */
  readonly url: ServiceUrl;
  readonly version: string;
  readonly mesh?: string;
}

export const runFileIn = (dataDir: string): string => join(dataDir, 'run.json');

/** Writes the file into a locked, thus private folder. Only this file contains the password in clear text. */
export const writeRunFile = (dataDir: string, run: RunFile): Promise<void> =>
  writePrivateFile(runFileIn(dataDir), JSON.stringify({ ...run, url: run.url.revealUrl() }));

export const removeRunFile = (dataDir: string): Promise<void> => rm(runFileIn(dataDir), { force: true });

/**
 * Reads the file; `undefined` when no server runs, or its owner was killed and left the file behind.
 * @throws DataFolderUnusableError
 */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  try {
    const run = parseRunFile(await readJson(runFileIn(dataDir)));
    if (run === undefined) return undefined;
    const { owner } = run;
    const isThere = isElsewhere(owner) ? await isFolderHeld(dataDir) : isAlive(owner);
    return isThere ? run : undefined;
  } catch (error) {
    throw new DataFolderUnusableError(dataDir, folderObstacle(error), error);
  }
}

function parseRunFile(value: unknown): RunFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, pid, owner: written, url, version, mesh } = value as Readonly<Record<string, unknown>>;
  const owner = parseIdentity(written);
  if (v !== 1 || owner === undefined) return undefined;
  if (typeof pid !== 'number' || typeof url !== 'string' || typeof version !== 'string') return undefined;
  const read = parseUrl(url);
  if (read === undefined) return undefined;
  return { v, pid, owner, url: read, version, ...(typeof mesh === 'string' ? { mesh } : {}) };
}

const rules: UrlRules = {
  schemes: ['nats', 'postgres'],
  refuse: (fault) => new ServiceUrlError('run.json', fault, 'nats://127.0.0.1:4222'),
};

/** Parses the address; `undefined` for a damaged file. */
function parseUrl(url: string): ServiceUrl | undefined {
  try {
    return readServiceUrl(url, rules);
  } catch (error) {
    if (error instanceof ServiceUrlError) return undefined;
    throw error;
  }
}

/** Returns the address of an embedded server; without a password any client may connect. */
export function loopbackUrl(scheme: 'nats' | 'postgres', port: number, password: string | undefined): ServiceUrl {
  const credentials = password === undefined ? undefined : { user: embeddedUsers[scheme], password };
  const tail = scheme === 'postgres' ? '/postgres?sslmode=disable' : '';
  return new ServiceUrl({ scheme, servers: [`127.0.0.1:${port}`], credentials, tail });
}

/** The user of each embedded server. Postgres fixes the name of its own. */
export const embeddedUsers = { nats: 'parley', postgres: 'postgres' } as const;

/** Creates a new password for every start of a server: 192 bits. */
export const newPassword = (random: Random = systemRandom): string =>
  Array.from({ length: 6 }, () => random.bits32().toString(16).padStart(8, '0')).join('');
