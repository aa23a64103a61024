/**
 * The thread of an HNSW index (Malkov and Yashunin, 2016; `hnswlib-node`). The library is synchronous, takes plain arrays and
 * whole numbers as labels, has a fixed capacity, and keeps the slots of what was deleted: a fifth of them, and it is built anew.
 */

import { workerData } from 'node:worker_threads';
import type { HierarchicalNSW } from 'hnswlib-node';
import { serveThread } from './thread-server.ts';

export interface HnswJob {
  readonly dimensions: number;
}

export type HnswRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'set'; readonly label: number; readonly vector: Float32Array }
  | { readonly kind: 'delete'; readonly label: number }
  | { readonly kind: 'nearest'; readonly vector: Float32Array; readonly count: number };

export interface HnswFound {
  readonly labels: readonly number[];
  /** One minus the cosine. */
  readonly distances: readonly number[];
}

const firstCapacity = 1_024;
/** Links of a node, and how carefully they are chosen: recall 0.999 at 20,000 vectors. */
const links = 16;
const construction = 200;
const leastSearched = 100;
const seed = 100;
const mostDeleted = 0.2;

const { dimensions } = workerData as HnswJob;
/** What the index holds, to build it anew. */
const vectors = new Map<number, readonly number[]>();
let index: HierarchicalNSW | undefined;
let deleted = 0;

async function build(capacity: number): Promise<HierarchicalNSW> {
  const { default: hnswlib } = await import('hnswlib-node');
  const built = new hnswlib.HierarchicalNSW('cosine', dimensions);
  built.initIndex({ maxElements: capacity, m: links, efConstruction: construction, randomSeed: seed });
  for (const [label, vector] of vectors) built.addPoint([...vector], label);
  deleted = 0;
  return built;
}

async function opened(): Promise<HierarchicalNSW> {
  index ??= await build(firstCapacity);
  return index;
}

function scan(vector: Float32Array, count: number): HnswFound {
  const all = [...vectors].map(([label, other]) => {
    return { label, distance: 1 - other.reduce((sum, value, n) => sum + value * (vector[n] ?? 0), 0) };
  });
  const nearest = all.sort((a, b) => a.distance - b.distance).slice(0, count);
  return { labels: nearest.map(({ label }) => label), distances: nearest.map(({ distance }) => distance) };
}

serveThread<HnswRequest>(async (request) => {
  const open = await opened();
  switch (request.kind) {
    case 'open':
      return undefined;
    case 'set': {
      const vector = [...request.vector];
      vectors.set(request.label, vector);
      if (open.getCurrentCount() === open.getMaxElements()) open.resizeIndex(2 * open.getMaxElements());
      open.addPoint(vector, request.label);
      return undefined;
    }
    case 'delete':
      if (!vectors.delete(request.label)) return undefined;
      open.markDelete(request.label);
      deleted += 1;
      if (deleted > mostDeleted * open.getCurrentCount())
        index = await build(Math.max(firstCapacity, 2 * vectors.size));
      return undefined;
    case 'nearest': {
      const count = Math.min(request.count, vectors.size);
      if (count === 0) return { labels: [], distances: [] };
      open.setEf(Math.max(leastSearched, 2 * count));
      const { neighbors: labels, distances } = open.searchKnn([...request.vector], count);
      // among many that are nearly the same the graph does not reach all: then everything is looked at
      return labels.length < count ? scan(request.vector, count) : { labels, distances };
    }
    default:
      return request satisfies never;
  }
});
