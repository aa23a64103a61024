/** Findings of `parley doctor` about the stores or models of agents' memory: each is queried, nothing is created. */
import { type Finding, firstLine } from './finding.ts';

/** @param url `DATABASE_URL`. @param versionAt asks the database for its version */
export async function databaseFinding(
  url: string | undefined,
  versionAt: (url: string) => Promise<string>,
): Promise<Finding> {
  const what = 'Postgres';
  if (url === undefined) {
    const follows = '"npm start" keeps episodes and traces in PGlite, in the data folder';
    return { what, state: 'lacking', found: 'DATABASE_URL is not set', follows };
  }
  try {
    return { what, state: 'good', found: await versionAt(url), follows: 'episodes and traces are kept there' };
  } catch (error) {
    const follows = 'start it, or correct or unset DATABASE_URL: nothing that keeps episodes or traces starts';
    return { what, state: 'bad', found: firstLine(error), follows };
  }
}

/** @param url `REDIS_URL`. @param versionAt asks Redis for its version: `7.0.15 at redis://127.0.0.1:6379` */
export async function redisFinding(
  url: string | undefined,
  versionAt: (url: string) => Promise<string>,
): Promise<Finding> {
  const what = 'Redis';
  if (url === undefined) {
    const follows = 'each node has an ingress bucket of its own; working and shared memory are in NATS';
    return { what, state: 'lacking', found: 'REDIS_URL is not set', follows };
  }
  try {
    const follows = 'ingress buckets are shared; working and shared memory are kept there';
    return { what, state: 'good', found: await versionAt(url), follows };
  } catch (error) {
    const follows = 'start it, or correct or unset REDIS_URL: until then each node has an ingress bucket of its own';
    return { what, state: 'lacking', found: firstLine(error), follows };
  }
}

/** @param openIndex opens an index, describes it, closes it */
export async function vectorsFinding(openIndex: () => Promise<string>): Promise<Finding> {
  const what = 'hnswlib-node';
  try {
    return { what, state: 'good', found: await openIndex(), follows: 'semantic memory has an index' };
  } catch (error) {
    const follows = 'semantic memory scans everything; with a C++ compiler, "npm rebuild hnswlib-node"';
    return { what, state: 'lacking', found: firstLine(error), follows };
  }
}

export interface EmbedderFacts {
  readonly name: string;
  readonly dimensions: number;
  /** Its log lines while it was opened. */
  readonly said: readonly string[];
}

/** @param folder `PARLEY_MODEL_DIR`. @param openEmbedder opens the embedder chosen by it, then closes it */
export async function embeddingsFinding(
  folder: string | undefined,
  openEmbedder: () => Promise<EmbedderFacts>,
): Promise<Finding> {
  const what = 'embeddings';
  if (folder === undefined) {
    const follows = 'semantic memory goes by words, not by meaning';
    return { what, state: 'lacking', found: 'PARLEY_MODEL_DIR is not set', follows };
  }
  try {
    const { name, dimensions, said } = await openEmbedder();
    return { what, state: 'good', found: `${name}, ${dimensions} dimensions`, follows: said.join('; ') };
  } catch (error) {
    const follows = 'correct or unset PARLEY_MODEL_DIR: nothing that embeds starts';
    return { what, state: 'bad', found: firstLine(error), follows };
  }
}
