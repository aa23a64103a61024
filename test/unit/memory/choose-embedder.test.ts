import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseEmbedder } from '../../../runtime/memory/choose-embedder.ts';
import { lexicalEmbedder } from '../../../runtime/memory/lexical-embedder.ts';

it.each([undefined, ''])(
  'The embedder compares words without a model, and logs that (PARLEY_MODEL_DIR: %j)',
  async (folder) => {
    const said: string[] = [];
    const env = folder === undefined ? {} : { PARLEY_MODEL_DIR: folder };
    expect(await chooseEmbedder(env, (line) => said.push(line))).toBe(lexicalEmbedder);
    expect(said).toEqual(['semantic memory goes by words, not by meaning: PARLEY_MODEL_DIR names no model']);
  },
);

it.each([
  ['no config.json', undefined],
  ['config.json cannot be read', '{'],
  ['config.json does not say its hidden_size', '{"hidden_size":"many"}'],
])('A folder without a model is an error: %s', async (why, config) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-model-'));
  try {
    if (config !== undefined) await writeFile(join(folder, 'config.json'), config);
    await expect(chooseEmbedder({ PARLEY_MODEL_DIR: folder }, () => undefined)).rejects.toMatchObject({
      code: 'PARLEY_MODEL',
      message: expect.stringContaining(why) as string,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
