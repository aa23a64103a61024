/** The port of an index of vectors. Exact here; by HNSW in `hnsw-index.ts`. */
import type { Neighbour } from './top-k.ts';
import { VectorTable } from './vector-table.ts';

export interface VectorEntry {
  readonly id: string;
  /** A unit vector of the index's size. */
  readonly vector: Float32Array;
}

export interface VectorIndex extends AsyncDisposable {
  /** For people: `hnsw`, `exact scan`. */
  readonly describe: string;
  /** Of an id that is there the vector is replaced. */
  set(entries: readonly VectorEntry[]): Promise<void>;
  delete(ids: readonly string[]): Promise<void>;
  /**
   * At most `count`, best first; of the same score, by id.
   * @param among only these are looked at, each of them: exact, and its cost grows with their number
   */
  nearest(vector: Float32Array, count: number, among?: readonly string[]): Promise<readonly Neighbour[]>;
}

/** Looks at everything, in the thread of whoever asks: 4 ms for 20,000 vectors of 384 dimensions. */
export function exactIndex(): VectorIndex {
  const table = new VectorTable();
  return {
    describe: 'exact scan',
    async set(entries) {
      for (const { id, vector } of entries) table.set(id, vector);
    },
    async delete(ids) {
      for (const id of ids) table.delete(id);
    },
    nearest: async (vector, count, among) => table.nearest(vector, count, among),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
