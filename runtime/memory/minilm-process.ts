/**
 * The process in which a model runs, started by `model-process.ts`. Only this file loads `@xenova/transformers`. Not a thread:
 * `onnxruntime-node` 1.14 can be loaded by one thread of a process once ("Module did not self-register"), and corrupts the heap
 * of all when such a thread ends (both measured).
 */
import { basename, dirname } from 'node:path';
import { reasonOf } from '../core/errors.ts';
import { type Numbered, serialize } from './serialize.ts';

export type ModelRequest =
  | { readonly kind: 'load'; readonly folder: string }
  | { readonly kind: 'embed'; readonly texts: readonly string[] };

export type Loaded =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'no_library'; readonly why: string }
  | { readonly kind: 'no_model'; readonly why: string };

/** What the library gives for a list of texts. */
type Extractor = (
  texts: readonly string[],
  options: { readonly pooling: 'mean'; readonly normalize: true },
) => Promise<{ readonly data: Float32Array }>;

let extractor: Extractor | undefined;

/** Local files only: a model is never fetched behind anybody's back. */
async function load(folder: string): Promise<Loaded> {
  const library = await import('@xenova/transformers').catch((error: unknown) => reasonOf(error));
  if (typeof library === 'string') return { kind: 'no_library', why: library };
  const { env, pipeline } = library;
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  try {
    const loaded = await pipeline('feature-extraction', basename(folder), { quantized: true });
    extractor = loaded as unknown as Extractor;
    return { kind: 'loaded' };
  } catch (error) {
    return { kind: 'no_model', why: reasonOf(error) };
  }
}

/**
 * One by one: the activations of an int8 model are scaled by the largest of a batch, so a text's vector would depend on its
 * neighbours; and a batch of 16 takes as long as 16 texts (measured).
 */
async function embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
  if (extractor === undefined) throw new Error('no model is loaded');
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { data } = await extractor([text], { pooling: 'mean', normalize: true });
    vectors.push(Float32Array.from(data));
  }
  return vectors;
}

const answer = serialize<ModelRequest>(
  (request) => (request.kind === 'load' ? load(request.folder) : embed(request.texts)),
  (said) => process.send?.(said),
);
process.on('message', (message) => answer(message as Numbered<ModelRequest>));
// it ends with the one who started it, whatever became of that; a signal to the whole group is for them to act on
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
