/** Turns texts into vectors. */

export interface Embedder extends AsyncDisposable {
  /** Vectors of different embedders never meet in one index: `all-MiniLM-L6-v2`, `lexical-hash-v1`. */
  readonly name: string;
  readonly dimensions: number;
  /** Unit vectors, in the order of the texts. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}
