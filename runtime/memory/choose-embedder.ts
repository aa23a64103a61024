/** Which embedder there is: the model that is named, or words alone. */
import type { Embedder } from './embedder.ts';
import { lexicalEmbedder } from './lexical-embedder.ts';
import { minilmEmbedder } from './minilm-embedder.ts';

/**
 * The model in `PARLEY_MODEL_DIR`, or else lexical hashing, which is said.
 * @throws ModelError when a folder is named and has no model: nobody gets less than they asked for
 */
export async function chooseEmbedder(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Embedder> {
  const folder = env.PARLEY_MODEL_DIR;
  if (folder !== undefined && folder !== '') return minilmEmbedder(folder);
  say('semantic memory goes by words, not by meaning: PARLEY_MODEL_DIR names no model');
  return lexicalEmbedder;
}
