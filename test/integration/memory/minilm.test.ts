/** Meaning, by a real model in its process. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../../../runtime/memory/embedder.ts';
import { normalised } from '../../../runtime/memory/lexical-embedder.ts';
import { minilmEmbedder } from '../../../runtime/memory/minilm-embedder.ts';
import { openSemanticMemory } from '../../../runtime/memory/stream-semantic-memory.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { knowledgeExample } from './knowledge-example.ts';

const folder = process.env.PARLEY_MODEL_DIR || resolve('../shared/models/all-MiniLM-L6-v2');
const present = existsSync(join(folder, 'config.json'));

interface Reference {
  readonly text: string;
  readonly tokens: number;
  readonly vector: readonly number[];
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);

describe(present ? 'with MiniLM' : `THE MODEL IS ABSENT (${folder}; set PARLEY_MODEL_DIR): NOT CHECKED`, () => {
  let embedder: Embedder;
  beforeAll(async () => {
    if (present) embedder = await minilmEmbedder(folder);
  });
  afterAll(() => embedder?.[Symbol.asyncDispose]());

  it.runIf(present)('The vectors of the model are those of the original weights', async () => {
    const text = readFileSync(join(folder, 'reference-vectors.json'), 'utf8');
    const { vectors } = JSON.parse(text) as { readonly vectors: readonly Reference[] };
    const found = await embedder.embed(vectors.map(({ text: one }) => one));
    expect(found).toHaveLength(vectors.length);
    for (const [n, { text: one, tokens, vector }] of vectors.entries()) {
      const same = cosine(found[n] ?? new Float32Array(), normalised(Float32Array.from(vector)));
      // the empty and the longest text
      expect(same, one.slice(0, 60)).toBeGreaterThanOrEqual(tokens <= 2 || tokens >= 512 ? 0.995 : 0.999);
    }
  });

  it.runIf(present)('The vector of a text does not depend on its neighbours', async () => {
    const texts = knowledgeExample.map(({ document }) => document);
    const together = await embedder.embed(texts);
    for (const [n, text] of texts.entries()) expect((await embedder.embed([text]))[0]).toEqual(together[n]);
  });

  it.runIf(present)("Every question of the README's example finds its document first", async () => {
    await using server = await startTestServer();
    const rig = await jetStreamRig(server.url);
    {
      await using memory = await openSemanticMemory({ records: (await rig.connect()).log('knowledge'), embedder });
      for (const { document } of knowledgeExample) await memory.store(document);
      await memory.caughtUp();
      const found = await Promise.all(knowledgeExample.map(({ question: text }) => memory.search({ text, limit: 1 })));
      expect(found.map(([best]) => best?.text)).toEqual(knowledgeExample.map(({ document }) => document));
    }
    await rig.dispose();
  });

  it.runIf(present)('An embedder whose vectors have another size than announced is refused', async () => {
    await using server = await startTestServer();
    const rig = await jetStreamRig(server.url);
    const lying: Embedder = { ...embedder, dimensions: 768 };
    const options = { records: (await rig.connect()).log('knowledge'), embedder: lying };
    await expect(openSemanticMemory(options)).rejects.toMatchObject({ code: 'PARLEY_EMBEDDING_SIZE' });
    await rig.dispose();
  });

  it.runIf(present)('A model with broken weights is refused', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'parley-model-'));
    try {
      for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
        await writeFile(join(broken, name), readFileSync(join(folder, name)));
      }
      await mkdir(join(broken, 'onnx'));
      await writeFile(join(broken, 'onnx/model_quantized.onnx'), 'not a model');
      await expect(minilmEmbedder(broken)).rejects.toMatchObject({ code: 'PARLEY_MODEL' });
    } finally {
      await rm(broken, { recursive: true, force: true });
    }
  });
});
