/** Vectors by id, searched by a full scan. */
import { type Neighbour, TopK } from './top-k.ts';

export class VectorTable {
  readonly #vectors = new Map<string, Float32Array>();

  get size(): number {
    return this.#vectors.size;
  }

  get(id: string): Float32Array | undefined {
    return this.#vectors.get(id);
  }

  /** @param vector a unit vector */
  set(id: string, vector: Float32Array): void {
    this.#vectors.set(id, vector);
  }

  delete(id: string): boolean {
    return this.#vectors.delete(id);
  }

  /** Returns at most `count` neighbours of all vectors, or of those that `among` names. */
  nearest(vector: Float32Array, count: number, among?: readonly string[]): readonly Neighbour[] {
    const best = new TopK(count);
    if (among === undefined) for (const [id, other] of this.#vectors) best.offer(id, dot(vector, other));
    else this.rank(vector, among, best);
    return best.all;
  }

  /** Offers the vectors that are here, with exactly the score that a scan gives them. */
  rank(vector: Float32Array, ids: Iterable<string>, best: TopK): void {
    for (const id of ids) {
      const other = this.#vectors.get(id);
      if (other !== undefined) best.offer(id, dot(vector, other));
    }
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += (a[n] ?? 0) * (b[n] ?? 0);
  return sum;
}
