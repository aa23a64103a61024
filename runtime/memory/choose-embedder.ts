/** Chooses the embedder: the model that is named, or lexical hashing. */
import type { Embedder } from './embedder.ts';
import { lexicalEmbedder } from './lexical-embedder.ts';
import { ModelLibraryError } from './memory-errors.ts';
import { minilmEmbedder } from './minilm-embedder.ts';

const byWords = 'semantic memory goes by words, not by meaning';

/**
 * Loads the model in `PARLEY_MODEL_DIR`, or else falls back to lexical hashing. Reports which one it chose, with the reason.
 * @throws ModelError when the named folder has no model: a requested model is never replaced silently
 */
export async function chooseEmbedder(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Embedder> {
  const folder = env.PARLEY_MODEL_DIR;
  if (folder === undefined || folder === '') {
    say(`${byWords}: PARLEY_MODEL_DIR names no model`);
    return lexicalEmbedder;
  }
  try {
    const embedder = await minilmEmbedder(folder);
    say(`semantic memory goes by meaning: ${embedder.name} from PARLEY_MODEL_DIR`);
    return embedder;
  } catch (error) {
    if (!(error instanceof ModelLibraryError)) throw error;
    say(`${byWords}: @xenova/transformers, which reads the model, cannot be loaded (${error.why.split('\n')[0]})`);
    return lexicalEmbedder;
  }
}
