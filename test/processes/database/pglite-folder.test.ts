import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../runtime/database/index.ts';
import {
  DataFolderLockedError,
  PgliteStartError,
  pgliteFolder,
  reachPglite,
  readRunFile,
  startPglite,
} from '../../../runtime/embedded/index.ts';
import { storedFolder, tempFolder } from '../../support/pglite-store.ts';
import { kept, startWriter } from '../../support/pglite-writer.ts';

describe('a new folder', () => {
  it('A new folder is created with its parents, and is found again', async () => {
    const dataDir = join(await tempFolder(), 'a', 'b');
    await using pglite = await startPglite({ dataDir });
    await using database = await openDatabase({ mesh: 'shop', embedded: pglite });
    await database.query(`create table ${database.schema}.pets as select 'Rex' as name`);
    await database.close();
    await pglite.stop();
    expect(await readdir(pgliteFolder(dataDir))).not.toContain('store.new');
    await using again = await startPglite({ dataDir });
    await using reopened = await openDatabase({ mesh: 'shop', embedded: again });
    expect(await reopened.query(`select name from ${reopened.schema}.pets`)).toEqual([{ name: 'Rex' }]);
  });

  it('A folder that cannot be created is reported', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    const started = startPglite({ dataDir: file });
    await expect(started).rejects.toBeInstanceOf(PgliteStartError);
    await expect(started).rejects.toThrow(/data folder ".*file\/postgres" cannot be used/);
  });
});

it('A store that PGlite cannot read is reported with the error of PGlite, and its folder is unlocked', async () => {
  const dataDir = await storedFolder();
  await writeFile(join(pgliteFolder(dataDir), 'store', 'PG_VERSION'), '12\n');
  for (const _ of [1, 2]) {
    const started = startPglite({ dataDir, patienceMs: 0 });
    await expect(started).rejects.toBeInstanceOf(PgliteStartError);
    await expect(started).rejects.toThrow(/version 12/);
  }
});

describe('a PGlite that runs', () => {
  it('A running PGlite is the only one on its folder, and every process finds it', async () => {
    const dataDir = await storedFolder();
    await using pglite = await startPglite({ dataDir });
    const second = await startPglite({ dataDir, patienceMs: 0 }).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(DataFolderLockedError);
    expect(second).toMatchObject({ pid: process.pid, folder: pgliteFolder(dataDir) });
    const { url, version } = pglite;
    const told = `PGlite runs there at ${url.describe}; to join it, set DATABASE_URL to the "url" in "${pgliteFolder(dataDir)}/run.json"`;
    expect((second as Error).message).toContain(told);
    expect(await readRunFile(pgliteFolder(dataDir))).toMatchObject({ v: 1, pid: process.pid, url, version });
    await using reached = await reachPglite(dataDir);
    expect(reached?.url.revealUrl()).toBe(url.revealUrl());
    await reached?.[Symbol.asyncDispose]();
    await using database = await openDatabase({ mesh: 'shop', embedded: pglite });
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    await database.close();
    await pglite.stop();
    expect(await readRunFile(pgliteFolder(dataDir))).toBeUndefined();
  });

  it('A second process reads a running PGlite, although it is busy all the time', async () => {
    const dataDir = await storedFolder();
    const writer = await startWriter(dataDir);
    const [, id = ''] = await writer.line(/^kept (\S+)/);
    expect(await kept(dataDir)).toContain(id);
    expect(writer.process.exitCode).toBeNull();
  });
});

describe('a PGlite that does not run', () => {
  it('A folder without a store has nothing to reach, and nothing is created', async () => {
    const dataDir = await tempFolder();
    expect(await reachPglite(dataDir)).toBeUndefined();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('Each command that reaches a store without a PGlite runs one for itself, one after the other, without an announcement', async () => {
    const dataDir = await storedFolder();
    const reach = async (): Promise<void> => {
      await using embedded = await reachPglite(dataDir);
      expect(await readRunFile(pgliteFolder(dataDir))).toBeUndefined();
      expect(embedded?.describe).toBe(`"${pgliteFolder(dataDir)}" (PGlite)`);
    };
    await Promise.all([reach(), reach()]);
  });

  it('A node that starts waits for a command that runs PGlite', async () => {
    const dataDir = await storedFolder();
    await using command = await reachPglite(dataDir);
    const node = startPglite({ dataDir });
    await command?.[Symbol.asyncDispose]();
    await using started = await node;
    expect(String(started.url)).toMatch(/^postgres:/);
  });
});
