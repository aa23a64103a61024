import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { HnswGraph, type HnswParts, type MakeGraph } from '../../../runtime/memory/hnsw-graph.ts';
import { VectorTable } from '../../../runtime/memory/vector-table.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { orSkip } from '../../support/or-skip.ts';
import { VectorMaker } from './vectors.ts';

const size = 32;
let makeGraph: MakeGraph;
beforeEach(async (test) => {
  const { default: hnswlib } = await orSkip(test, import('hnswlib-node'));
  makeGraph = (capacity) => {
    const graph = new hnswlib.HierarchicalNSW('cosine', size);
    graph.initIndex({ maxElements: capacity, m: 16, efConstruction: 200, randomSeed: 100 });
    return graph;
  };
});

const graph = (parts: Partial<HnswParts> = {}): HnswGraph =>
  new HnswGraph({ makeGraph, exactBelow: 0, pass: (call) => call(), turn, ...parts });

const ids = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);

describe('HNSW', () => {
  it('HNSW finds 0.95 of the ten nearest of an exact scan, for 2,000 vectors in clusters', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [vectors, hnsw, exact] = [new VectorMaker(seed, size, 20), graph(), new VectorTable()];
        for (let n = 0; n < 2_000; n++) {
          const vector = vectors.make(n);
          hnsw.set(`v${n}`, vector);
          exact.set(`v${n}`, vector);
        }
        let [found, wanted] = [0, 0];
        for (let n = 0; n < 50; n++) {
          const query = vectors.make(n);
          const nearest = new Set(ids(exact.nearest(query, 10)));
          found += ids(hnsw.nearest(query, 10)).filter((id) => nearest.has(id)).length;
          wanted += nearest.size;
        }
        expect(found / wanted).toBeGreaterThanOrEqual(0.95);
      }),
      { numRuns: 3 },
    );
  });

  it('HNSW grows beyond its first capacity, and keeps replaced and new vectors apart', () => {
    const [vectors, hnsw] = [new VectorMaker(1, size, 5), graph()];
    for (let n = 0; n < 1_100; n++) hnsw.set(`v${n}`, vectors.make(n));
    const moved = vectors.make(3);
    hnsw.set('v0', moved);
    expect(hnsw.nearest(moved, 1)).toMatchObject([{ id: 'v0' }]);
    expect(hnsw.slots.all).toBe(1_101);
  });

  it('HNSW agrees with a table after any changes, also of equal vectors', async () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 15 }),
      kind: fc.constantFrom('set', 'set', 'delete'),
      // few different vectors: many are equal
      vector: fc.integer({ min: 0, max: 4 }),
    });
    const known = Array.from({ length: 5 }, (_, n) => new VectorMaker(n, size, 2).make(n));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 50, maxLength: 250 }), async (changes) => {
        const [hnsw, table] = [graph(), new VectorTable()];
        for (const { id, kind, vector } of changes) {
          const value = known[vector] ?? new Float32Array(size);
          if (kind === 'set') {
            hnsw.set(`v${id}`, value);
            table.set(`v${id}`, value);
          } else {
            hnsw.delete(`v${id}`);
            table.delete(`v${id}`);
          }
        }
        await hnsw.settled;
        for (const query of known) expect(hnsw.nearest(query, 5)).toEqual(table.nearest(query, 5));
      }),
      { numRuns: 30 },
    );
  });

  it('HNSW is rebuilt when a fifth of its slots are empty, and answers meanwhile', async () => {
    const [vectors, hnsw] = [new VectorMaker(2, size, 5), graph()];
    for (let n = 0; n < 500; n++) hnsw.set(`v${n}`, vectors.make(n));
    for (let n = 0; n < 100; n++) hnsw.delete(`v${n}`);
    expect(hnsw.slots).toEqual({ all: 500, deleted: 100 });
    hnsw.delete('v100');
    const late = vectors.make(0);
    hnsw.set('late', late);
    hnsw.delete('v101');
    hnsw.delete('v499');
    expect(hnsw.slots.all).toBe(501);
    expect(ids(hnsw.nearest(late, 1))).toEqual(['late']);
    await hnsw.settled;
    expect(hnsw.slots.all - hnsw.slots.deleted).toBe(398);
    expect(hnsw.slots.all).toBeLessThan(402);
    expect(ids(hnsw.nearest(late, 400))).toHaveLength(398);
    expect(ids(hnsw.nearest(late, 400))).not.toContain('v499');
  });

  it('HNSW is rebuilt as often as necessary', async () => {
    const [vectors, hnsw] = [new VectorMaker(3, size, 5), graph()];
    for (let n = 0; n < 1_000; n++) {
      hnsw.set('one', vectors.make(n));
      await hnsw.settled;
      expect(hnsw.slots.all).toBeLessThanOrEqual(66);
    }
  });

  it('HNSW searches only the named documents, and all of them', () => {
    const [vectors, hnsw] = [new VectorMaker(4, size, 5), graph()];
    for (let n = 0; n < 500; n++) hnsw.set(`v${n}`, vectors.make(n));
    const found = hnsw.nearest(vectors.make(0), 10, ['v1', 'v2', 'gone', 'v499']);
    expect([...ids(found)].sort()).toEqual(['v1', 'v2', 'v499']);
  });

  it('HNSW scans while it holds fewer vectors than the scan limit', () => {
    let searches = 0;
    const counting: MakeGraph = (capacity) =>
      new Proxy(makeGraph(capacity), {
        get(target, name) {
          if (name === 'searchKnn') searches += 1;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const [vectors, hnsw] = [new VectorMaker(5, size, 5), graph({ makeGraph: counting, exactBelow: 3 })];
    for (const n of [1, 2]) hnsw.set(`v${n}`, vectors.make(n));
    hnsw.nearest(vectors.make(1), 1);
    expect(searches).toBe(0);
    hnsw.set('v3', vectors.make(3));
    hnsw.nearest(vectors.make(1), 1);
    expect(searches).toBe(1);
  });

  it('An empty HNSW finds nothing', () => {
    expect(graph().nearest(new VectorMaker(6, size, 1).make(0), 5)).toEqual([]);
  });
});
