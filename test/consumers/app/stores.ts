/** The app of a user that stores in the parts with threads, WebAssembly and native code. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPglite } from 'parley-runtime/embedded';
import { connectJetStream } from 'parley-runtime/jetstream';
import { lexicalEmbedder, openSemanticMemory } from 'parley-runtime/memory';
import { openDatabase, PostgresEpisodes } from 'parley-runtime/postgres';

const { NATS_URL = '', MESH = '' } = process.env;

/** A function, so that it can be bundled as CommonJS too. */
async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-consumer-'));
  const embedded = await startPglite({ dataDir });
  const database = await openDatabase({ embedded, mesh: MESH });
  const episodes = new PostgresEpisodes(database);
  const recalled = await episodes.recall({ contains: {} });
  await database.close();
  await embedded.stop();
  await rm(dataDir, { recursive: true });

  const said: string[] = [];
  const transport = await connectJetStream({ url: NATS_URL, mesh: MESH });
  const knowledge = await openSemanticMemory({
    records: transport.log('knowledge'),
    embedder: lexicalEmbedder,
    say: (line) => void said.push(line),
  });
  await knowledge.store('A cost spike in the gateway is usually a bot', { source: 'runbook' });
  await knowledge.caughtUp();
  const [best] = await knowledge.search({ text: 'cost spike', limit: 1 });
  const { describe } = knowledge;
  await knowledge[Symbol.asyncDispose]();
  await transport.close();
  process.stdout.write(`${JSON.stringify({ recalled: recalled.length, found: best?.text, describe, said })}\n`);
}

void main();
