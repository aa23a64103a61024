/** Runs an HNSW index in its own thread: its library is synchronous. */
import type { HnswJob, HnswRequest } from './hnsw-worker.ts';
import { Thread } from './thread.ts';
import type { VectorIndex } from './vector-index.ts';

/**
 * Opens an HNSW index.
 * @param exactBelow below this number of vectors, a search scans all of them
 * @throws Error when `hnswlib-node` cannot be loaded: it is compiled at installation
 */
export async function hnswIndex(dimensions: number, exactBelow: number = 0): Promise<VectorIndex> {
  const thread = new Thread<HnswJob, HnswRequest>('./hnsw-worker', import.meta.url, { dimensions, exactBelow });
  try {
    await thread.ask({ kind: 'open' });
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }
  return {
    describe: 'hnsw',
    set: (entries) => thread.ask({ kind: 'set', entries }),
    delete: (ids) => thread.ask({ kind: 'delete', ids }),
    nearest: (vector, count, among) => thread.ask({ kind: 'nearest', vector, count, among }),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
