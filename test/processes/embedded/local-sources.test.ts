/** The servers on this machine: named, on PATH, or fetched before. */
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNatsServer } from '../../../runtime/embedded/index.ts';
import { cacheSource, environmentSource, pathSource } from '../../../runtime/embedded/local-sources.ts';
import { fakeServer, realServer, script, searchBench, tempFolder } from './workbench.ts';

describe('PARLEY_NATS_SERVER', () => {
  it('PARLEY_NATS_SERVER is used when it is new enough', async () => {
    const path = await fakeServer(join(await tempFolder(), 'server'), '2.12.0');
    const found = await findNatsServer({ env: { PARLEY_NATS_SERVER: path, PATH: '/nowhere' } });
    expect(found).toEqual({ path, version: '2.12.0' });
  });

  it('PARLEY_NATS_SERVER is refused, not passed over, when it is too old, missing or something else', async () => {
    const folder = await tempFolder();
    const old = await fakeServer(join(folder, 'old'), '2.9.10');
    const other = await script(join(folder, 'other'), 'echo nginx');
    const garbage = join(folder, 'garbage');
    await writeFile(garbage, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]), { mode: 0o755 });
    for (const [path, reason] of [
      [old, 'is version 2.9.10'],
      [other, 'is no nats-server'],
      [garbage, 'is no nats-server'],
      [join(folder, 'missing'), 'is not there'],
      [folder, 'is no nats-server'],
    ] as const) {
      const env = { PARLEY_NATS_SERVER: path, PATH: join(realServer(), '..') };
      await expect(findNatsServer({ env })).rejects.toMatchObject({
        code: 'PARLEY_NATS_SERVER_UNUSABLE',
        path,
        message: expect.stringContaining(reason),
      });
    }
  });

  it('PARLEY_NATS_SERVER is ignored when it is empty', async () => {
    const { context } = await searchBench({ PARLEY_NATS_SERVER: '' });
    expect(await environmentSource.find(context)).toEqual({ reason: 'not set' });
  });
});

describe('PATH', () => {
  it('The search on PATH passes over an older server with a log line, and finds the newer one behind it', async () => {
    const folder = await tempFolder();
    const old = await fakeServer(join(folder, 'a', 'nats-server'), '2.9.10');
    const path = await fakeServer(join(folder, 'b', 'nats-server'), '2.15.1');
    const { context, said } = await searchBench({ PATH: [join(folder, 'a'), join(folder, 'b')].join(delimiter) });
    expect(await pathSource.find(context)).toEqual({ path, version: '2.15.1' });
    expect(said).toEqual([
      `nats-server: ${old} on PATH is version 2.9.10, and 2.12.0 is the oldest that can be used: passed over`,
    ]);
  });

  it('The search on PATH gives the older server as its reason when there is no other', async () => {
    const folder = await tempFolder();
    const old = await fakeServer(join(folder, 'nats-server'), '2.11.9');
    const { context } = await searchBench({ PATH: folder });
    expect(await pathSource.find(context)).toEqual({ reason: expect.stringContaining(`${old} is version 2.11.9`) });
  });

  it('The search on PATH ignores folders that are relative, missing or not executable', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'nats-server'), 'not executable');
    const { context } = await searchBench({ PATH: ['.', '', '/nowhere', folder].join(delimiter) });
    expect(await pathSource.find(context)).toEqual({ reason: 'none there' });
  });
});

describe('the cache', () => {
  it('The cache gives the newest server that still runs', async () => {
    const { context } = await searchBench({});
    const path = await fakeServer(join(context.cacheDir, '2.15.0', 'nats-server'), '2.15.0');
    await fakeServer(join(context.cacheDir, '2.12.3', 'nats-server'), '2.12.3');
    await script(join(context.cacheDir, '2.16.0', 'nats-server'), 'exit 1');
    expect(await cacheSource.find(context)).toEqual({ path, version: '2.15.0' });
  });

  it('The cache of a new project is empty', async () => {
    const { context } = await searchBench({});
    expect(await cacheSource.find(context)).toEqual({ reason: `nothing in ${context.cacheDir}` });
  });
});
