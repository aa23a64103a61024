/** One owner per data folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { type FolderLock, lockFolder } from '../../../runtime/embedded/folder-lock.ts';
import { DataFolderLockedError } from '../../../runtime/embedded/index.ts';
import { identityOf, type ProcessIdentity } from '../../../runtime/embedded/process-identity.ts';
import { until } from '../../support/jetstream-rig.ts';
import { tempFolder } from './workbench.ts';

/** A process that has ended, as it was noted while it lived. */
async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const identity = identityOf(child.pid ?? 0);
  child.stdin.end();
  await once(child, 'exit');
  return identity;
}

const lock = (folder: string): Promise<FolderLock> => lockFolder(folder, systemClock);

it('A lock refuses a second one, naming the process that holds it and what to do', async () => {
  const folder = await tempFolder();
  await lock(folder);
  await expect(lock(folder)).rejects.toMatchObject({
    code: 'PARLEY_DATA_FOLDER_LOCKED',
    pid: process.pid,
    folder,
    message: expect.stringMatching(
      new RegExp(`"${folder}" is in use by process ${process.pid}; stop .* another folder`),
    ),
  });
});

it('A lock is free after release, also after many', async () => {
  const folder = await tempFolder();
  for (let i = 0; i < 20; i++) await (await lock(folder)).release();
  expect((await readdir(folder)).length).toBeLessThanOrEqual(8);
});

it('A lock creates its folder', async () => {
  const folder = join(await tempFolder(), 'a', 'b');
  await lock(folder);
  await expect(lock(folder)).rejects.toBeInstanceOf(DataFolderLockedError);
});

describe('a stale lock', () => {
  it('A stale lock is taken over when its process is gone', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'lock.1'), JSON.stringify({ owner: await endedProcess() }));
    await (await lock(folder)).release();
  });

  it('A stale lock is taken over when another process has its number by now', async () => {
    const folder = await tempFolder();
    const owner = { pid: process.pid, started: 'another boot/1' };
    await writeFile(join(folder, 'lock.1'), JSON.stringify({ owner }));
    await (await lock(folder)).release();
  });

  it('A stale lock is taken over by exactly one of many processes that find it at once', async () => {
    const owner = await endedProcess();
    for (let round = 0; round < 20; round++) {
      const folder = await tempFolder();
      await writeFile(join(folder, 'lock.7'), JSON.stringify({ owner }));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lock(folder)));
      expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DataFolderLockedError);
      }
    }
  });

  it('A stale lock without readable content is free', async () => {
    for (const text of ['', '{', '[]', 'null', '{"owner":{"pid":-1,"started":""}}']) {
      const folder = await tempFolder();
      await writeFile(join(folder, 'lock.1'), text);
      await (await lock(folder)).release();
    }
  });
});

describe('a server that its owner left behind', () => {
  it('A lock waits for a server that its owner left behind', async () => {
    const folder = await tempFolder();
    const server = spawn('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const left = { owner: await endedProcess(), server: identityOf(server.pid ?? 0) };
    await writeFile(join(folder, 'lock.1'), JSON.stringify(left));
    const clock = new ManualClock();
    const taken = lockFolder(folder, clock);
    await until('it waits', () => clock.pending === 1);
    const exited = once(server, 'exit');
    server.stdin.end();
    await exited;
    clock.advance(25);
    await (await taken).release();
  });

  it('A lock stays held when the server that its owner left behind does not end within 6 s', async () => {
    const folder = await tempFolder();
    const left = { owner: await endedProcess(), server: identityOf(process.pid) };
    await writeFile(join(folder, 'lock.1'), JSON.stringify(left));
    const clock = new ManualClock();
    const taken = lockFolder(folder, clock).catch((error: unknown) => error);
    await until('it waits', () => clock.pending === 1);
    clock.advance(6_000);
    expect(await taken).toBeInstanceOf(DataFolderLockedError);
    expect(clock.pending).toBe(0);
  });
});
