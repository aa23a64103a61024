/** An index by HNSW, in a thread of its own. */
import type { HnswFound, HnswRequest } from './hnsw-worker.ts';
import { Thread } from './thread.ts';
import { type Neighbour, ranked, type VectorIndex } from './vector-index.ts';

/** @throws Error when `hnswlib-node` cannot be loaded: it is compiled when it is installed */
export async function hnswIndex(dimensions: number): Promise<VectorIndex> {
  const thread = new Thread<HnswRequest>('./hnsw-worker', import.meta.url, { dimensions });
  try {
    await thread.ask({ kind: 'open' });
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }
  return new HnswIndex(thread);
}

/** The library knows whole numbers; a vector that replaces another gets a new one. */
class HnswIndex implements VectorIndex {
  readonly describe = 'hnsw';
  readonly #thread: Thread<HnswRequest>;
  readonly #labels = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  #next = 0;

  constructor(thread: Thread<HnswRequest>) {
    this.#thread = thread;
  }

  get size(): number {
    return this.#labels.size;
  }

  async set(id: string, vector: Float32Array): Promise<void> {
    const old = this.#forget(id);
    const label = this.#next++;
    this.#labels.set(id, label);
    this.#ids.set(label, id);
    if (old !== undefined) await this.#thread.ask({ kind: 'delete', label: old });
    await this.#thread.ask({ kind: 'set', label, vector });
  }

  async delete(id: string): Promise<void> {
    const label = this.#forget(id);
    if (label !== undefined) await this.#thread.ask({ kind: 'delete', label });
  }

  async nearest(vector: Float32Array, count: number): Promise<readonly Neighbour[]> {
    const { labels, distances } = await this.#thread.ask<HnswFound>({ kind: 'nearest', vector, count });
    const found = labels.flatMap((label, place) => {
      const id = this.#ids.get(label);
      return id === undefined ? [] : [{ id, score: 1 - (distances[place] ?? 1) }];
    });
    return ranked(found);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]();
  }

  #forget(id: string): number | undefined {
    const label = this.#labels.get(id);
    if (label === undefined) return undefined;
    this.#labels.delete(id);
    this.#ids.delete(label);
    return label;
  }
}
