/**
 * The process in which a model runs, started by `model-process.ts`. Only this file loads `@xenova/transformers`. It is not a
 * thread: only one thread of a process can load `onnxruntime-node` 1.14, once ("Module did not self-register"), and it corrupts
 * the heap of the whole process when such a thread ends (both measured).
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

/** The function of the library that embeds a list of texts. */
type Extractor = (
  texts: readonly string[],
  options: { readonly pooling: 'mean'; readonly normalize: true },
) => Promise<{ readonly data: Float32Array }>;

let extractor: Extractor | undefined;

/** Loads the model from local files only: it never downloads a model. */
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
 * Embeds one text at a time. An int8 model scales its activations by the largest of a batch, so the vector of a text would depend
 * on its neighbours. A batch of 16 takes as long as 16 texts (measured).
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
// ends when its parent disconnects, however the parent ended; the parent handles signals to the process group
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
