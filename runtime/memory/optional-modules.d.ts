/**
 * What is used of optional dependencies. `hnswlib-node` is compiled where it is installed, and `@xenova/transformers` brings
 * binaries: where one is missing, everything still compiles and is checked.
 */

declare module 'hnswlib-node' {
  interface InitOptions {
    readonly maxElements: number;
    readonly m: number;
    readonly efConstruction: number;
    readonly randomSeed: number;
  }

  class HierarchicalNSW {
    constructor(space: 'ip' | 'cosine' | 'l2', dimensions: number);
    initIndex(options: InitOptions): void;
    addPoint(vector: number[], label: number): void;
    markDelete(label: number): void;
    searchKnn(vector: number[], count: number): { neighbors: number[]; distances: number[] };
    setEf(searched: number): void;
    getCurrentCount(): number;
    getMaxElements(): number;
    resizeIndex(capacity: number): void;
  }

  const hnswlib: { readonly HierarchicalNSW: typeof HierarchicalNSW };
  export default hnswlib;
}

declare module '@xenova/transformers' {
  export const env: { allowRemoteModels: boolean; localModelPath: string };
  export function pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly quantized: boolean },
  ): Promise<unknown>;
}
