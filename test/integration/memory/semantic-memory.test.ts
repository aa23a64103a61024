/** Semantic memory over a real stream: by HNSW and by exact scan, by words and by meaning. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { chooseEmbedder } from '../../../runtime/memory/choose-embedder.ts';
import type { Embedder } from '../../../runtime/memory/embedder.ts';
import { hnswIndex } from '../../../runtime/memory/hnsw-index.ts';
import { embedLexically, lexicalEmbedder, normalised } from '../../../runtime/memory/lexical-embedder.ts';
import { minilmEmbedder } from '../../../runtime/memory/minilm-embedder.ts';
import { openSemanticMemory } from '../../../runtime/memory/stream-semantic-memory.ts';
import { ExactIndex } from '../../../runtime/memory/vector-index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { semanticMemoryContract } from '../../contract/memory/semantic-contract.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { documents, questions } from './knowledge-example.ts';

for (const index of ['hnsw', 'exact'] as const) {
  semanticMemoryContract(`an index by ${index}`, async () => {
    const server = await startTestServer();
    const transport = await connectJetStream({ url: server.url, mesh: 'know' });
    return {
      open: () =>
        openSemanticMemory({ records: transport.logs.knowledge, embedder: lexicalEmbedder, log: silentLogger, index }),
      async [Symbol.asyncDispose]() {
        await transport.close();
        await server[Symbol.asyncDispose]();
      },
    };
  });
}

it('HNSW finds what an exact scan finds', async () => {
  const random = seededRandom(3);
  const any = (around?: Float32Array): Float32Array =>
    normalised(Float32Array.from({ length: 64 }, (_, n) => (around?.[n] ?? 0) * 4 + random.next() - 0.5));
  const centres = Array.from({ length: 20 }, () => any());
  await using hnsw = await hnswIndex(64);
  const exact = new ExactIndex();
  for (let n = 0; n < 2_000; n++) {
    const vector = any(centres[n % 20]);
    await hnsw.set(`v${n}`, vector);
    await exact.set(`v${n}`, vector);
  }
  let [found, wanted] = [0, 0];
  for (let n = 0; n < 100; n++) {
    const query = any(centres[n % 20]);
    const [near, nearest] = [await hnsw.nearest(query, 10), await exact.nearest(query, 10)];
    const ids = new Set(near.map(({ id }) => id));
    found += nearest.filter(({ id }) => ids.has(id)).length;
    wanted += nearest.length;
  }
  expect(found / wanted).toBeGreaterThanOrEqual(0.95);
}, 60_000);

const folder = fileURLToPath(new URL('../../../../shared/models/all-MiniLM-L6-v2', import.meta.url));
const present = existsSync(folder);

describe(present ? 'with MiniLM' : `THE MODEL IS ABSENT (${folder}): NOT CHECKED`, () => {
  let embedder: Embedder;
  beforeAll(async () => {
    if (present) embedder = await minilmEmbedder(folder);
  });
  afterAll(() => embedder?.[Symbol.asyncDispose]());

  it.runIf(present)('vectors are those of the original weights', async () => {
    const { vectors } = JSON.parse(readFileSync(`${folder}/reference-vectors.json`, 'utf8')) as {
      readonly vectors: readonly {
        readonly text: string;
        readonly tokens: number;
        readonly vector: readonly number[];
      }[];
    };
    const found = await embedder.embed(vectors.map(({ text }) => text));
    for (const [n, { text, tokens, vector }] of vectors.entries()) {
      const other = normalised(Float32Array.from(vector));
      const cosine = (found[n] ?? new Float32Array()).reduce(
        (sum, value, place) => sum + value * (other[place] ?? 0),
        0,
      );
      expect(cosine, text.slice(0, 60)).toBeGreaterThanOrEqual(tokens <= 2 || tokens >= 512 ? 0.995 : 0.999);
    }
  });

  it.runIf(present)('every question finds its document, in other words', async () => {
    await using server = await startTestServer();
    await using transport = await connectJetStream({ url: server.url, mesh: 'know' });
    await using memory = await openSemanticMemory({ records: transport.logs.knowledge, embedder, log: silentLogger });
    expect(memory.describe).toBe('hnsw, all-MiniLM-L6-v2');
    for (const text of documents) await memory.store(text);
    await memory.caughtUp();
    const found = await Promise.all(questions.map((text) => memory.search({ text, limit: 1 })));
    expect(found.map(([best]) => best?.text)).toEqual(documents);
  });

  it.runIf(present)('an embedder that gives another size than it says is refused', async () => {
    const lying = { ...embedder, dimensions: 768, embed: (texts: readonly string[]) => embedder.embed(texts) };
    await using server = await startTestServer();
    await using transport = await connectJetStream({ url: server.url, mesh: 'know' });
    const options = { records: transport.logs.knowledge, embedder: lying, log: silentLogger };
    await expect(openSemanticMemory(options)).rejects.toMatchObject({ code: 'PARLEY_EMBEDDING_SIZE' });
  });
});

describe('without a model', () => {
  it('words decide, which is said', async () => {
    const said: string[] = [];
    expect(await chooseEmbedder({}, (line) => said.push(line))).toBe(lexicalEmbedder);
    expect(said).toEqual(['semantic memory goes by words, not by meaning: PARLEY_MODEL_DIR names no model']);
  });

  it('a folder that has none is an error', async () => {
    const env = { PARLEY_MODEL_DIR: 'test' };
    await expect(chooseEmbedder(env, () => undefined)).rejects.toMatchObject({
      code: 'PARLEY_MODEL',
      message: expect.stringContaining('no config.json') as string,
    });
  });

  it('like words are near, others are far, and the empty text is like nothing', () => {
    const cosine = (a: string, b: string): number =>
      embedLexically(a).reduce((sum, value, n) => sum + value * (embedLexically(b)[n] ?? 0), 0);
    expect(cosine('cost spikes in the gateway', 'a cost spike in gateways')).toBeGreaterThan(0.8);
    expect(cosine('cost spike in the gateway', 'a cat sat on the mat')).toBeLessThan(0.2);
    expect(Math.hypot(...embedLexically(''))).toBeCloseTo(1);
    expect(embedLexically('same text')).toEqual(embedLexically('same text'));
  });

  it('finds a document by half of its words', async () => {
    const index = new ExactIndex();
    for (const text of documents) await index.set(text, embedLexically(text));
    for (const text of documents) {
      const half = text
        .split(' ')
        .filter((_, n) => n % 2 === 0)
        .join(' ');
      expect((await index.nearest(embedLexically(half), 1))[0]?.id).toBe(text);
    }
  });
});
