/** The thread of an HNSW index: `hnsw-graph.ts` in it, `hnsw-index.ts` outside. Only this file loads `hnswlib-node`. */
import { HnswGraph, type MakeGraph } from './hnsw-graph.ts';
import { serveThread } from './thread-server.ts';
import type { VectorEntry } from './vector-index.ts';

export interface HnswJob {
  readonly dimensions: number;
  readonly exactBelow: number;
}

export type HnswRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'set'; readonly entries: readonly VectorEntry[] }
  | { readonly kind: 'delete'; readonly ids: readonly string[] }
  | {
      readonly kind: 'nearest';
      readonly vector: Float32Array;
      readonly count: number;
      readonly among: readonly string[] | undefined;
    };

/** Parameters of the graph: links of each point, candidates for them while it is built. */
const links = 16;
const construction = 200;
const seed = 100;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function graphs(dimensions: number): Promise<MakeGraph> {
  const { default: hnswlib } = await import('hnswlib-node');
  return (capacity) => {
    const graph = new hnswlib.HierarchicalNSW('cosine', dimensions);
    graph.initIndex({ maxElements: capacity, m: links, efConstruction: construction, randomSeed: seed });
    return graph;
  };
}

serveThread<HnswJob, HnswRequest>(async ({ dimensions, exactBelow }, { pass }) => {
  const graph = new HnswGraph({ makeGraph: await graphs(dimensions), exactBelow, pass, turn });
  return (request) => {
    switch (request.kind) {
      case 'open':
        return undefined;
      case 'set':
        for (const { id, vector } of request.entries) graph.set(id, vector);
        return undefined;
      case 'delete':
        for (const id of request.ids) graph.delete(id);
        return undefined;
      case 'nearest':
        return graph.nearest(request.vector, request.count, request.among);
      default:
        return request satisfies never;
    }
  };
});
