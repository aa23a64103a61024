/** Vectors by a sentence transformer (all-MiniLM-L6-v2: mean pooling, normalised), from a folder, in a thread of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { reasonOf } from '../core/errors.ts';
import type { Embedder } from './embedder.ts';
import { EmbeddingSizeError, ModelError } from './memory-errors.ts';
import type { MinilmRequest } from './minilm-worker.ts';
import { Thread } from './thread.ts';

/** @param folder in the layout of `@xenova/transformers`: config, tokenizer, `onnx/model_quantized.onnx`. @throws ModelError */
export async function minilmEmbedder(folder: string): Promise<Embedder> {
  const path = resolve(folder);
  const dimensions = sizeOf(path);
  const thread = new Thread<MinilmRequest>('./minilm-worker', import.meta.url, { folder: path });
  try {
    await thread.ask({ kind: 'load' });
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw new ModelError(folder, reasonOf(error), error);
  }
  const name = basename(path);
  return {
    name,
    dimensions,
    async embed(texts) {
      const vectors = await thread.ask<readonly Float32Array[]>({ kind: 'embed', texts });
      const wrong = vectors.find((vector) => vector.length !== dimensions);
      if (wrong !== undefined) throw new EmbeddingSizeError(name, dimensions, wrong.length);
      return vectors;
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** @throws ModelError */
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
