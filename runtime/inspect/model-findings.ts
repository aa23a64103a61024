/** What `parley doctor` says of what semantic memory searches with: the vector index, the embedder. */
import { type Finding, firstLine } from './finding.ts';

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
  /** What it said while it was opened. */
  readonly said: readonly string[];
}

/** @param folder `PARLEY_MODEL_DIR`. @param openEmbedder opens what is chosen with it, closes it */
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
