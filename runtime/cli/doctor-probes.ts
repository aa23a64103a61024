/** The probes of `parley doctor`: each checks one part, changes nothing, throws the error that it receives. */
import { access, constants, stat } from 'node:fs/promises';
import { ParleyError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import {
  DataFolderUnusableError,
  findNatsServer,
  folderObstacle,
  freeBytes,
  localSources,
  openPrivateFolder,
  readRunFile,
} from '../embedded/index.ts';
import type { EmbedderFacts, RunningServer, ServerProbes } from '../inspect/index.ts';
import { defaultPartitions } from '../node/node-limits.ts';
import { findOpa, versionOfOpa } from '../policy/build/index.ts';
import type { connectRedis } from '../redis/index.ts';
import { type ConnectionSettings, inspectMesh } from '../transport/jetstream/index.ts';
import { type CommonOptions, externalServer } from './settings.ts';

/** Returns what can load TypeScript here, for display. */
export function typescriptReader(): string | undefined {
  if ('typescript' in process.features) return 'Node itself';
  try {
    import.meta.resolve('tsx/esm/api');
    return 'tsx';
  } catch {
    return undefined;
  }
}

/** In a folder that cannot be read no server runs; the finding of the folder says why. */
function noneIn(error: unknown): undefined {
  if (error instanceof DataFolderUnusableError) return undefined;
  throw error;
}

const anyWrite = 0o222;

/** @throws Error that says what keeps a server from writing there, and what to do */
export async function freeBytesIn(folder: string): Promise<number> {
  try {
    await openPrivateFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    throw new Error(`"${folder}": ${folderObstacle(error)}`, { cause: error });
  }
  // The system permits root to write anyway.
  const { mode } = await stat(folder);
  if ((mode & anyWrite) === 0)
    throw new Error(`"${folder}" is marked read-only; run "chmod u+w", or name another folder`);
  return freeBytes(folder);
}

export function serverProbes({ mesh, data }: CommonOptions): ServerProbes {
  const server = (which: RunningServer['which'], settings: ConnectionSettings): RunningServer => ({
    which,
    inspect: () => inspectMesh({ ...settings, mesh }, defaultPartitions),
  });
  return {
    async running() {
      const name = 'parley doctor';
      const external = externalServer(process.env, name);
      if (external !== undefined) return server('NATS_URL', external);
      const embedded = await readRunFile(data).catch(noneIn);
      return embedded && server('the embedded one that runs', { url: embedded.url, name });
    },
    program: () => findNatsServer({ sources: localSources }),
  };
}

export async function databaseVersion(url: string): Promise<string> {
  const { databaseVersion: ask } = await import('../database/index.ts');
  return ask(url);
}

export async function redisVersion(url: string): Promise<string> {
  const connect = await loadRedis();
  await using redis = await connect(url, silentLogger);
  return `${await redis.version()} at ${redis.describe}`;
}

export async function openIndex(): Promise<string> {
  const open = await loadIndex();
  await using index = await open(2);
  return index.describe;
}

export async function openEmbedder(): Promise<EmbedderFacts> {
  const choose = await loadEmbedder();
  const said: string[] = [];
  await using embedder = await choose(process.env, (line) => void said.push(line));
  return { name: embedder.name, dimensions: embedder.dimensions, said };
}

export async function opaProgram(): Promise<string> {
  const path = await findOpa();
  return `opa ${await versionOfOpa(path)} at ${path}`;
}

// separate functions: TypeScript 6.0 does not rewrite the `.ts` of an `import()` in a block that contains `await using`

async function loadRedis(): Promise<typeof connectRedis> {
  return (await import('../redis/index.ts')).connectRedis;
}

async function loadIndex() {
  return (await import('../memory/hnsw-index.ts')).hnswIndex;
}

async function loadEmbedder() {
  return (await import('../memory/index.ts')).chooseEmbedder;
}
