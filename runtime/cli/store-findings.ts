/** What `parley doctor` says of the stores and models that agents remember with: each is asked, nothing is made. */
import { silentLogger } from '../core/logger.ts';
import type { databaseVersion } from '../database/index.ts';
import type { connectRedis } from '../redis/index.ts';
import { type Finding, firstLine } from './finding.ts';

const given = (name: string): string | undefined => process.env[name] || undefined;

export async function database(): Promise<Finding> {
  const what = 'Postgres';
  const url = given('DATABASE_URL');
  if (url === undefined) {
    const follows = '"npm start" keeps episodes and traces in PGlite, in the data folder';
    return { what, state: 'lacking', found: 'DATABASE_URL is not set', follows };
  }
  try {
    const found = await (await loadDatabase())(url);
    return { what, state: 'good', found, follows: 'episodes and traces are kept there' };
  } catch (error) {
    const follows = 'start it, or correct or unset DATABASE_URL: nothing that keeps episodes or traces starts';
    return { what, state: 'bad', found: firstLine(error), follows };
  }
}

export async function redis(): Promise<Finding> {
  const what = 'Redis';
  const url = given('REDIS_URL');
  if (url === undefined) {
    const follows = 'each node has an ingress bucket of its own; working and shared memory are in NATS';
    return { what, state: 'lacking', found: 'REDIS_URL is not set', follows };
  }
  try {
    const connect = await loadRedis();
    await using found = await connect(url, silentLogger);
    const version = await found.version();
    const follows = 'ingress buckets are shared; "npm start" keeps working and shared memory there';
    return { what, state: 'good', found: `${version} at ${found.describe}`, follows };
  } catch (error) {
    const follows = 'start it, or correct or unset REDIS_URL: until then each node has an ingress bucket of its own';
    return { what, state: 'lacking', found: firstLine(error), follows };
  }
}

export async function vectors(): Promise<Finding> {
  const what = 'hnswlib-node';
  try {
    await using index = await (await loadIndex())(2);
    return { what, state: 'good', found: index.describe, follows: 'semantic memory has an index' };
  } catch (error) {
    const follows = 'semantic memory scans everything; with a C++ compiler, "npm rebuild hnswlib-node"';
    return { what, state: 'lacking', found: firstLine(error), follows };
  }
}

export async function embeddings(): Promise<Finding> {
  const what = 'embeddings';
  if (given('PARLEY_MODEL_DIR') === undefined) {
    const follows = 'semantic memory goes by words, not by meaning';
    return { what, state: 'lacking', found: 'PARLEY_MODEL_DIR is not set', follows };
  }
  const said: string[] = [];
  try {
    await using embedder = await (await loadEmbedder())(process.env, (line) => void said.push(line));
    const found = `${embedder.name}, ${embedder.dimensions} dimensions`;
    return { what, state: 'good', found, follows: said.join('; ') };
  } catch (error) {
    const follows = 'correct or unset PARLEY_MODEL_DIR: nothing that embeds starts';
    return { what, state: 'bad', found: firstLine(error), follows };
  }
}

// Functions of their own: TypeScript 6.0 leaves the `.ts` of an `import()` as it is where `await using` stands in the same block.

async function loadDatabase(): Promise<typeof databaseVersion> {
  return (await import('../database/index.ts')).databaseVersion;
}

async function loadRedis(): Promise<typeof connectRedis> {
  return (await import('../redis/index.ts')).connectRedis;
}

async function loadIndex() {
  return (await import('../memory/hnsw-index.ts')).hnswIndex;
}

async function loadEmbedder() {
  return (await import('../memory/index.ts')).chooseEmbedder;
}
