/**
 * Declares the parts of optional dependencies that are used. `hnswlib-node` is compiled at installation, `@xenova/transformers`
 * downloads binaries. The code compiles without them.
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
