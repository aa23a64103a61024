/** Semantic memory over the simulated store, by exact scan; by HNSW in `test/integration/memory`: starting its thread takes a while. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import type { Embedder } from '../../../runtime/memory/embedder.ts';
import { lexicalEmbedder } from '../../../runtime/memory/lexical-embedder.ts';
import {
  type OpenSemanticMemory,
  openSemanticMemory,
  type SemanticOptions,
} from '../../../runtime/memory/stream-semantic-memory.ts';
import type { RecordLog } from '../../../runtime/transport/index.ts';
import type { ContractRig } from '../../contract/contract-rig.ts';
import { semanticMemoryContract } from '../../contract/memory/semantic-contract.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { simulatedRig } from '../transport/simulated-rig.ts';

semanticMemoryContract('an index by exact scan, over the simulated store,', async () => {
  const rig = await simulatedRig();
  const open = async () =>
    openSemanticMemory({
      records: (await rig.connect()).log('knowledge'),
      embedder: lexicalEmbedder,
      log: silentLogger,
      index: 'exact',
    });
  return { open, openExact: open, [Symbol.asyncDispose]: () => rig.dispose() };
});

describe('semantic memory', () => {
  let rig: ContractRig;
  let records: RecordLog;
  const open: OpenSemanticMemory[] = [];

  beforeEach(async () => {
    rig = await simulatedRig();
    records = (await rig.connect()).log('knowledge');
  });
  afterEach(async () => {
    for (const memory of open.splice(0)) await memory[Symbol.asyncDispose]();
    await rig.dispose();
  });

  const openWith = async (more: Partial<SemanticOptions> = {}): Promise<OpenSemanticMemory> => {
    const memory = await openSemanticMemory({
      records,
      embedder: lexicalEmbedder,
      log: silentLogger,
      index: 'exact',
      ...more,
    });
    open.push(memory);
    return memory;
  };

  const embedder = (more: Partial<Embedder>): Embedder => ({ ...lexicalEmbedder, ...more });

  it('Semantic memory names its index and its embedder', async () => {
    expect((await openWith()).describe).toBe('exact scan, lexical-hash-v1');
  });

  it('Semantic memory refuses an embedder whose vectors have another size than announced', async () => {
    const wrong = embedder({ name: 'other', dimensions: 768 });
    await expect(openWith({ embedder: wrong })).rejects.toMatchObject({
      code: 'PARLEY_EMBEDDING_SIZE',
      message: expect.stringMatching(/"other" gives 384 dimensions where 768 are expected/) as string,
    });
  });

  it('Semantic memory embeds the existing stream in groups, and each text once', async () => {
    const first = await openWith();
    for (let n = 0; n < 100; n++) await first.store(`document ${n}`);
    for (let n = 0; n < 50; n++) await first.store(`document ${n}`, { again: true });
    const groups: number[] = [];
    const counting = embedder({
      async embed(texts) {
        groups.push(texts.length);
        return lexicalEmbedder.embed(texts);
      },
    });
    await (await openWith({ embedder: counting })).caughtUp();
    expect(groups.filter((size) => size > 1).length).toBeLessThan(4);
    expect(groups.reduce((sum, size) => sum + size, 0)).toBe(101);
  });

  it('Semantic memory stores texts, and no vectors', async () => {
    await (await openWith()).store('a text', { service: 'api' });
    const record = await records.next(1);
    expect(JSON.parse(Buffer.from(record?.payload ?? '').toString())).toEqual({
      v: 1,
      kind: 'store',
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      text: 'a text',
      metadata: { service: 'api' },
    });
  });

  it('Semantic memory skips unreadable records, logs them, and keeps following', async () => {
    const log = new LogRecorder();
    const memory = await openWith({ log });
    const junk = ['', 'no json', '[]', '{"v":2,"kind":"store"}', '{"v":1,"kind":"store","text":1}', 'null'];
    for (const [n, text] of junk.entries()) {
      await records.append({ key: 'junk', messageId: `junk ${n}`, payload: Buffer.from(text) });
    }
    await memory.store('a text');
    await memory.caughtUp();
    expect(await memory.search({ text: 'a text' })).toHaveLength(1);
    expect(log.texts.filter((text) => text === 'skipped an unreadable knowledge record')).toHaveLength(6);
  });

  it('Semantic memory rejects waiting calls with the reason while it cannot follow, and recovers by itself', async () => {
    let broken = true;
    const failing = embedder({
      async embed(texts) {
        if (broken && texts[0] !== 'probe') throw new Error('the model is ill');
        return lexicalEmbedder.embed(texts);
      },
    });
    const memory = await openWith({ embedder: failing });
    await memory.store('a text');
    await expect(memory.caughtUp()).rejects.toThrow('the model is ill');
    broken = false;
    await memory.caughtUp();
    expect(await memory.search({ text: 'a text' })).toHaveLength(1);
  });

  it('Semantic memory rejects waiting calls when it is closed', async () => {
    const never = embedder({
      embed: (texts) => (texts[0] === 'probe' ? lexicalEmbedder.embed(texts) : new Promise(() => undefined)),
    });
    const memory = await openWith({ embedder: never });
    await memory.store('a text');
    const waiting = memory.caughtUp();
    const refused = expect(waiting).rejects.toMatchObject({ code: 'PARLEY_SEMANTIC_MEMORY_CLOSED' });
    // the store has answered, and it waits for the text to be embedded
    await rig.settle();
    await memory[Symbol.asyncDispose]();
    await refused;
    await expect(memory.caughtUp()).rejects.toMatchObject({ code: 'PARLEY_SEMANTIC_MEMORY_CLOSED' });
  });
});
