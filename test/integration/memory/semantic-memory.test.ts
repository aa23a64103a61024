/** Semantic memory over a real stream, by HNSW in its thread and by exact scan. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { lexicalEmbedder } from '../../../runtime/memory/lexical-embedder.ts';
import { openSemanticMemory } from '../../../runtime/memory/stream-semantic-memory.ts';
import { semanticMemoryContract } from '../../contract/memory/semantic-contract.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { orSkip } from '../../support/or-skip.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

for (const index of ['hnsw', 'exact'] as const) {
  semanticMemoryContract(`an index by ${index}, over JetStream,`, async (test) => {
    if (index === 'hnsw') await orSkip(test, import('hnswlib-node'));
    const rig = await jetStreamRig(server.url);
    const openBy = async (by: 'hnsw' | 'exact') =>
      openSemanticMemory({
        records: (await rig.connect()).log('knowledge'),
        embedder: lexicalEmbedder,
        log: silentLogger,
        index: by,
      });
    return {
      open: () => openBy(index),
      openExact: () => openBy('exact'),
      [Symbol.asyncDispose]: () => rig.dispose(),
    };
  });
}

it('Semantic memory searches by HNSW by default', async (test) => {
  await orSkip(test, import('hnswlib-node'));
  const rig = await jetStreamRig(server.url);
  const records = (await rig.connect()).log('knowledge');
  const said: string[] = [];
  const options = { records, embedder: lexicalEmbedder, log: silentLogger, say: (line: string) => said.push(line) };
  await using memory = await openSemanticMemory(options);
  expect(memory.describe).toBe('hnsw, lexical-hash-v1');
  expect(said).toEqual([]);
  await rig.dispose();
});
