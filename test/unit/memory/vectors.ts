/** Vectors in clusters, as texts about a few subjects have them. */
import { type Random, seededRandom } from '../../../runtime/core/random.ts';
import { normalised } from '../../../runtime/memory/lexical-embedder.ts';

export class VectorMaker {
  readonly #random: Random;
  readonly #size: number;
  readonly #centres: readonly Float32Array[];

  constructor(seed: number, size: number, clusters: number) {
    this.#random = seededRandom(seed);
    this.#size = size;
    this.#centres = Array.from({ length: clusters }, () => this.#near(undefined));
  }

  /** In the n-th cluster, counted round. */
  make(n: number): Float32Array {
    return this.#near(this.#centres[n % this.#centres.length]);
  }

  #near(centre: Float32Array | undefined): Float32Array {
    const values = Array.from({ length: this.#size }, (_, n) => (centre?.[n] ?? 0) * 4 + this.#random.next() - 0.5);
    return normalised(Float32Array.from(values));
  }
}
