/** Vectors by id, and which are nearest. Exact here; by HNSW in `hnsw-index.ts`. */

export interface Neighbour {
  readonly id: string;
  /** Cosine similarity. */
  readonly score: number;
}

export interface VectorIndex extends AsyncDisposable {
  /** For people: `hnsw`, `exact scan`. */
  readonly describe: string;
  readonly size: number;
  /** @param vector a unit vector; of an id that is there it replaces the old one */
  set(id: string, vector: Float32Array): Promise<void>;
  delete(id: string): Promise<void>;
  /** At most `count`, best first; of the same score, by id. */
  nearest(vector: Float32Array, count: number): Promise<readonly Neighbour[]>;
}

export class ExactIndex implements VectorIndex {
  readonly describe = 'exact scan';
  readonly #vectors = new Map<string, Float32Array>();

  get size(): number {
    return this.#vectors.size;
  }

  async set(id: string, vector: Float32Array): Promise<void> {
    this.#vectors.set(id, vector);
  }

  async delete(id: string): Promise<void> {
    this.#vectors.delete(id);
  }

  async nearest(vector: Float32Array, count: number): Promise<readonly Neighbour[]> {
    const all = [...this.#vectors].map(([id, other]) => ({ id, score: dot(vector, other) }));
    return ranked(all).slice(0, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#vectors.clear();
  }
}

export function ranked(neighbours: readonly Neighbour[]): readonly Neighbour[] {
  return [...neighbours].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += (a[n] ?? 0) * (b[n] ?? 0);
  return sum;
}
