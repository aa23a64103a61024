/** An index by HNSW, in a thread of its own: its library is synchronous. */
import type { HnswJob, HnswRequest } from './hnsw-worker.ts';
import { Thread } from './thread.ts';
import type { VectorIndex } from './vector-index.ts';

/**
 * @param exactBelow with fewer vectors everything is scanned
 * @throws Error when `hnswlib-node` cannot be loaded: it is compiled when it is installed
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
