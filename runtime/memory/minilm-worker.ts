/** The thread in which a model runs: it takes milliseconds a text, and nobody else's. */
import { basename, dirname } from 'node:path';
import { workerData } from 'node:worker_threads';
import { serveThread } from './thread-server.ts';

export interface MinilmJob {
  /** The model's folder. */
  readonly folder: string;
}

export type MinilmRequest = { readonly kind: 'load' } | { readonly kind: 'embed'; readonly texts: readonly string[] };

/** What the library gives for a list of texts. */
interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

type Extractor = (
  texts: readonly string[],
  options: { readonly pooling: 'mean'; readonly normalize: true },
) => Promise<Tensor>;

let extractor: Extractor | undefined;

/** Local files only: a model is never fetched behind anybody's back. */
async function load({ folder }: MinilmJob): Promise<Extractor> {
  const { env, pipeline } = await import('@xenova/transformers');
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  return (await pipeline('feature-extraction', basename(folder), { quantized: true })) as unknown as Extractor;
}

serveThread<MinilmRequest>(async (request) => {
  extractor ??= await load(workerData as MinilmJob);
  if (request.kind === 'load') return undefined;
  const vectors: Float32Array[] = [];
  // one by one: texts of one batch are padded to the longest, which changes what comes of them
  for (const text of request.texts) {
    const { data } = await extractor([text], { pooling: 'mean', normalize: true });
    vectors.push(Float32Array.from(data));
  }
  return vectors;
});
