/** Embeds texts with a sentence transformer (all-MiniLM-L6-v2: mean pooling, normalised) from a folder, in its own process. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { reasonOf } from '../core/errors.ts';
import type { Embedder } from './embedder.ts';
import { ModelError } from './memory-errors.ts';
import { ModelProcess } from './model-process.ts';

/** Texts of one request. A single text that arrives meanwhile waits for one request: about 50 ms. */
const atOnce = 16;

/**
 * Loads a model.
 * @param folder in the layout of `@xenova/transformers`: config, tokenizer, `onnx/model_quantized.onnx`
 * @throws ModelError, ModelLibraryError
 */
export async function minilmEmbedder(folder: string): Promise<Embedder> {
  const path = resolve(folder);
  const dimensions = sizeOf(path);
  const model = new ModelProcess(path);
  await model.load();
  return {
    name: basename(path),
    dimensions,
    async embed(texts) {
      const vectors: Float32Array[] = [];
      for (let n = 0; n < texts.length; n += atOnce) {
        for (const vector of await model.embed(texts.slice(n, n + atOnce))) vectors.push(vector);
      }
      return vectors;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** Reads the size of the vectors from the config. @throws ModelError */
function sizeOf(folder: string): number {
  const file = join(folder, 'config.json');
  if (!existsSync(file)) throw new ModelError(folder, 'it has no config.json');
  try {
    const { hidden_size } = JSON.parse(readFileSync(file, 'utf8')) as { readonly hidden_size?: unknown };
    if (typeof hidden_size === 'number' && hidden_size > 0) return hidden_size;
  } catch (error) {
    throw new ModelError(folder, `config.json cannot be read: ${reasonOf(error)}`, error);
  }
  throw new ModelError(folder, 'config.json does not say its hidden_size');
}
