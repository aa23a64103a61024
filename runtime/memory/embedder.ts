/** Turns texts into vectors. */
import { EmbeddingSizeError } from './memory-errors.ts';

export interface Embedder extends AsyncDisposable {
  /** Identifies the embedder, such as `all-MiniLM-L6-v2` or `lexical-hash-v1`: one index never mixes vectors of two embedders. */
  readonly name: string;
  readonly dimensions: number;
  /** Returns unit vectors, in the order of the texts. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Embeds texts, then checks the size of the vectors. @throws EmbeddingSizeError */
export async function embedChecked(embedder: Embedder, texts: readonly string[]): Promise<readonly Float32Array[]> {
  const vectors = await embedder.embed(texts);
  for (let n = 0; n < texts.length; n++) {
    const size = vectors[n]?.length ?? 0;
    if (size !== embedder.dimensions) throw new EmbeddingSizeError(embedder.name, embedder.dimensions, size);
  }
  return vectors;
}
