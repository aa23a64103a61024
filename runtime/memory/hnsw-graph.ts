/**
 * An index by HNSW (Malkov and Yashunin, 2016) over `hnswlib-node`, which is synchronous, takes plain arrays and whole numbers as
 * labels, has a fixed capacity, and keeps the slots of what was deleted. Its filter callback is not used: one that throws can abort
 * the process.
 */
import { type Neighbour, TopK } from './top-k.ts';
import { VectorTable } from './vector-table.ts';

/** `HierarchicalNSW` of the library, as far as it is needed here. */
export interface Graph {
  addPoint(vector: number[], label: number): void;
  markDelete(label: number): void;
  searchKnn(vector: number[], count: number): { readonly neighbors: number[] };
  setEf(searched: number): void;
  getCurrentCount(): number;
  getMaxElements(): number;
  resizeIndex(capacity: number): void;
}

/** A graph without points, for at most so many. */
export type MakeGraph = (capacity: number) => Graph;

export interface HnswParts {
  readonly makeGraph: MakeGraph;
  /** With fewer vectors everything is scanned. */
  readonly exactBelow: number;
  /** Makes calls into the library. */
  readonly pass: <T>(call: () => T) => T;
  /** Lets others have their turn while it is built anew. */
  readonly turn: () => Promise<void>;
}

const firstCapacity = 1_024;
/** How many are looked at on the way to an answer: recall 0.999 at 100,000 vectors, in 0.2 ms. */
const leastSearched = 100;
/** More than are wanted are ranked here, so that those of the same score come in the order of their ids. */
const spare = 16;
/** Deleted slots are searched as well: with more than a fifth of them it is built anew, unless they are few. */
const mostDeleted = 0.2;
const fewDeleted = 64;
const builtAtOnce = 64;

export class HnswGraph {
  readonly #parts: HnswParts;
  readonly #table = new VectorTable();
  readonly #labels = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  #graph: Graph;
  #next = 0;
  #deleted = 0;
  #rebuilding: Promise<void> | undefined;

  constructor(parts: HnswParts) {
    this.#parts = parts;
    this.#graph = parts.pass(() => parts.makeGraph(firstCapacity));
  }

  /** Slots that searches go through, and those among them that hold nothing any more. */
  get slots(): { readonly all: number; readonly deleted: number } {
    return { all: this.#parts.pass(() => this.#graph.getCurrentCount()), deleted: this.#deleted };
  }

  /** Resolves when it is not being built anew. */
  get settled(): Promise<void> {
    return this.#rebuilding ?? Promise.resolve();
  }

  set(id: string, vector: Float32Array): void {
    this.delete(id);
    const label = this.#next++;
    this.#table.set(id, vector);
    this.#labels.set(id, label);
    this.#ids.set(label, id);
    this.#add(this.#graph, label, vector);
  }

  delete(id: string): void {
    const label = this.#labels.get(id);
    if (label === undefined) return;
    this.#table.delete(id);
    this.#labels.delete(id);
    this.#ids.delete(label);
    this.#parts.pass(() => this.#graph.markDelete(label));
    this.#deleted += 1;
    if (this.#deleted > Math.max(fewDeleted, mostDeleted * this.slots.all)) this.#startRebuild();
  }

  nearest(vector: Float32Array, count: number, among?: readonly string[]): readonly Neighbour[] {
    if (among !== undefined || this.#table.size < this.#parts.exactBelow) {
      return this.#table.nearest(vector, count, among);
    }
    const wanted = Math.min(count + spare, this.#table.size);
    const labels = this.#search(vector, wanted);
    const best = new TopK(wanted);
    this.#table.rank(
      vector,
      labels.map((label) => this.#ids.get(label) ?? ''),
      best,
    );
    const found = best.all;
    const isCut = wanted > count && found[count - 1]?.score === found.at(-1)?.score && wanted < this.#table.size;
    // Among many that are nearly the same the graph does not reach all; of many of the same score it gives any.
    if (found.length < wanted || isCut) return this.#table.nearest(vector, count);
    return found.slice(0, count);
  }

  #search(vector: Float32Array, count: number): readonly number[] {
    if (count === 0) return [];
    return this.#parts.pass(() => {
      this.#graph.setEf(Math.max(leastSearched, 2 * count));
      return this.#graph.searchKnn([...vector], count).neighbors;
    });
  }

  #add(graph: Graph, label: number, vector: Float32Array): void {
    this.#parts.pass(() => {
      if (graph.getCurrentCount() === graph.getMaxElements()) graph.resizeIndex(2 * graph.getMaxElements());
      graph.addPoint([...vector], label);
    });
  }

  #startRebuild(): void {
    this.#rebuilding ??= this.#rebuild().finally(() => {
      this.#rebuilding = undefined;
    });
  }

  /** Beside the old one, which answers until the new one holds everything, also what came meanwhile. */
  async #rebuild(): Promise<void> {
    const { makeGraph, pass, turn } = this.#parts;
    const graph = pass(() => makeGraph(Math.max(firstCapacity, 2 * this.#table.size)));
    const added = new Set<number>();
    // a map is walked to where it ends then: what is added meanwhile is seen, what is deleted before its turn is not
    for (const [label, id] of this.#ids) {
      const vector = this.#table.get(id);
      if (vector !== undefined) this.#add(graph, label, vector);
      added.add(label);
      if (added.size % builtAtOnce === 0) await turn();
    }
    const gone = [...added].filter((label) => !this.#ids.has(label));
    pass(() => {
      for (const label of gone) graph.markDelete(label);
    });
    this.#graph = graph;
    this.#deleted = gone.length;
  }
}
