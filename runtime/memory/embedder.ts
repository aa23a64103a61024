/** Turns texts into vectors. */
import { EmbeddingSizeError } from './memory-errors.ts';

export interface Embedder extends AsyncDisposable {
  /** Vectors of different embedders never meet in one index: `all-MiniLM-L6-v2`, `lexical-hash-v1`. */
  readonly name: string;
  readonly dimensions: number;
  /** Unit vectors, in the order of the texts. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Vectors of the size that the embedder says. @throws EmbeddingSizeError */
export async function embedChecked(embedder: Embedder, texts: readonly string[]): Promise<readonly Float32Array[]> {
  const vectors = await embedder.embed(texts);
  for (let n = 0; n < texts.length; n++) {
    const size = vectors[n]?.length ?? 0;
    if (size !== embedder.dimensions) throw new EmbeddingSizeError(embedder.name, embedder.dimensions, size);
  }
  return vectors;
}
